/** Which package is loaded and which box belongs to it, changed durably. */
import { must, type Result } from '../../ground/result.js';
import type { FileStore } from '../../drivers/ports.js';
import { writeLoadedElection, type LoadedElection } from '../device-state/loaded-election.js';

export class LoadedElectionKeeper {
  constructor(
    private readonly internal: FileStore,
    private loaded: LoadedElection | undefined,
  ) {}

  /** Nothing when no election was ever loaded. */
  get now(): LoadedElection | undefined {
    return this.loaded;
  }

  async pinBox(boxId: string): Promise<Result<void>> {
    const next: LoadedElection = { ...must(this.loaded, 'a box belongs to a loaded election'), boxId };
    const written = await writeLoadedElection(this.internal, next);
    if (written.ok) this.loaded = next;
    return written;
  }
}
