/**
 * The device's anchor while it runs: one value, changed by one writer at a time, durable before anybody is told.
 */
import type { Result } from '../../ground/result.js';
import { ok } from '../../ground/result.js';
import type { FileStore } from '../../drivers/ports.js';
import { writeAnchor, type Anchor } from '../device-state/anchor.js';
import type { Signer } from '../trust/signing.js';

export class AnchorKeeper {
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly internal: FileStore,
    private readonly signer: Signer,
    private anchor: Anchor,
  ) {}

  get now(): Anchor {
    return this.anchor;
  }

  /** Changes what is named, and raises the anchor's own number. */
  update(change: (now: Anchor) => Partial<Omit<Anchor, 'anchorNumber'>>): Promise<Result<void>> {
    const written = this.#writing.then(() => this.#write(change));
    this.#writing = written;
    return written;
  }

  async #write(change: (now: Anchor) => Partial<Omit<Anchor, 'anchorNumber'>>): Promise<Result<void>> {
    const next: Anchor = {
      ...this.anchor,
      ...change(this.anchor),
      anchorNumber: this.anchor.anchorNumber + 1,
    };
    const written = await writeAnchor(this.internal, this.signer, next);
    if (written.ok) this.anchor = next;
    return written.ok ? ok(undefined) : written;
  }
}
