/**
 * Security keys and passcodes on the runtime's side of the machine: the digits stay here, and the machine hears a
 * length and a verdict. What a right passcode opens, the token's own secret, is kept until the next key.
 */
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { Clock, SecurityKeyReader } from '../../drivers/ports.js';
import type { PasscodeTries } from '../device-state/passcode-tries.js';
import type { CommandResult, KeyPresented } from '../machine/input.js';
import { LONGEST_PASSCODE } from '../trust/passcode.js';
import type { PasswordHash } from '../trust/password.js';
import {
  openSecurityKey,
  readSecurityKey,
  type KeyJudge,
  type SecurityKeyIdentity,
} from '../trust/security-key.js';

/** What a right passcode gave: who, and the secret that opens the box key's wrap. */
export interface OpenedKey {
  readonly identity: SecurityKeyIdentity;
  readonly tokenSecret: Uint8Array;
}

/** Keys of one poll site that are remembered for a passcode; the oldest is forgotten first. */
const PRESENTED_MAX = 16;

export class KeyDesk {
  /** The keys that were presented, newest last. */
  readonly #presented = new Map<
    string,
    { readonly bytes: Uint8Array; readonly identity: SecurityKeyIdentity }
  >();
  #digits = '';
  #opened: OpenedKey | undefined;

  constructor(
    private readonly reader: SecurityKeyReader,
    private readonly judge: () => KeyJudge | undefined,
    private readonly tries: PasscodeTries,
    private readonly clock: Clock,
    private readonly hash: PasswordHash,
  ) {}

  /** A key was pressed against the reader, or lifted. */
  async presented(): Promise<KeyPresented> {
    const bytes = await this.reader.read();
    if (!bytes.ok) return { is: 'refused', reason: bytes.error.reason };
    if (bytes.value === undefined) return { is: 'absent' };
    const judge = this.judge();
    if (judge === undefined) return { is: 'refused', reason: 'no election is loaded to judge this key by' };
    const identity = readSecurityKey(bytes.value, judge);
    if (!identity.ok) return { is: 'refused', reason: identity.error.reason };
    const { serial, role, party } = identity.value;
    this.#presented.delete(serial);
    this.#presented.set(serial, { bytes: bytes.value, identity: identity.value });
    const [oldest] = this.#presented.keys();
    if (this.#presented.size > PRESENTED_MAX && oldest !== undefined) this.#presented.delete(oldest);
    return { is: 'valid', serial, role, party };
  }

  clear(): void {
    this.#digits = '';
  }

  /** Digits beyond the longest passcode are not kept. Returns how many stand there. */
  type(digit: number): number {
    if (this.#digits.length < LONGEST_PASSCODE) this.#digits += String(digit);
    return this.#digits.length;
  }

  /**
   * Tries what was typed with the key that the machine asks for, whichever was presented since, and forgets it. The
   * try counts before it is made.
   */
  async tryPasscode(serial: string): Promise<Result<CommandResult>> {
    const digits = this.#digits;
    this.clear();
    const presented = this.#presented.get(serial);
    if (presented === undefined) {
      return err(problem('no-key', 'security key', '', 'no security key was presented'));
    }
    const { bytes, identity } = presented;
    const stillMs = this.tries.waitMs(identity.serial, this.clock.nowMs());
    if (stillMs > 0) return ok({ of: 'passcode', verdict: 'wrong', waitMs: stillMs });
    const counted = await this.tries.trying(identity.serial, this.clock.nowMs());
    if (!counted.ok) return counted;
    const tokenSecret = await openSecurityKey(bytes, digits, this.hash);
    if (!tokenSecret.ok) {
      const waitMs = this.tries.waitMs(identity.serial, this.clock.nowMs());
      return ok({ of: 'passcode', verdict: 'wrong', waitMs });
    }
    const cleared = await this.tries.right(identity.serial);
    if (!cleared.ok) return cleared;
    this.#opened = { identity, tokenSecret: tokenSecret.value };
    return ok({ of: 'passcode', verdict: 'right' });
  }

  /** The key whose passcode was right last. */
  opened(): OpenedKey | undefined {
    return this.#opened;
  }
}
