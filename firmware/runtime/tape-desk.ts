/**
 * The tape lane: a tape is made once, from the totals and the device's own numbers, signed, kept as text, and printed
 * as often as somebody asks. All copies are the same tape; only what stands above it differs.
 */
import { fromUtf8, utf8 } from '../../ground/bytes.js';
import { must, ok, type Result } from '../../ground/result.js';
import type { Cabinet, Clock, FileStore } from '../../drivers/ports.js';
import type { Anchor } from '../device-state/anchor.js';
import type { DeviceIdentity } from '../device-state/identity.js';
import type { Totals } from '../records/totals-types.js';
import { tapeFacts } from '../tapes/build.js';
import type { SignedTape, TapeType } from '../tapes/facts.js';
import { signTape } from '../tapes/sign.js';
import { tapeJob } from '../tapes/tape.js';
import { tapeOfText, tapeText, verifyTapeText } from '../tapes/tape-text.js';
import { deviceCertificate, type ElectionPackage } from '../trust/election-package.js';
import type { AnchorKeeper } from './anchor-keeper.js';
import type { LogDesk } from './log-desk.js';

export interface TapeDeskParts {
  readonly cabinet: Cabinet;
  readonly clock: Clock;
  readonly identity: DeviceIdentity;
  readonly election: ElectionPackage | undefined;
  readonly softwareSha256: string;
  readonly anchor: AnchorKeeper;
  readonly log: LogDesk;
}

/** What stands on a tape beside the totals, and is anchored with it. */
export interface TapeNumbers {
  readonly openings: number;
  readonly closings: number;
  readonly counterAtOpening: number;
  readonly closedOnOneCard: boolean;
  readonly reconciliation?: NonNullable<Anchor['reconciliation']>;
}

/** Where the device keeps a tape's text, for the export. */
export function tapeFileName(type: TapeType): string {
  return `tape-${type}.txt`;
}
export const MAX_TAPE_TEXT_BYTES = 4 * 1024 * 1024;

export class TapeDesk {
  readonly #tapes = new Map<TapeType, SignedTape>();

  constructor(private readonly parts: TapeDeskParts) {}

  get softwareSha256(): string {
    return this.parts.softwareSha256;
  }

  /**
   * Builds and signs the tape, links it to the one before, and keeps its text. Returns its digest, which the caller
   * anchors together with the numbers that stand on it.
   */
  async make(type: TapeType, totals: Result<Totals>, numbers: TapeNumbers): Promise<Result<string>> {
    if (!totals.ok) return totals;
    const { cabinet, clock, identity, anchor, log, softwareSha256 } = this.parts;
    const election = must(this.parts.election, 'a tape belongs to an election');
    const certificate = deviceCertificate(election, identity.serialNumber, identity.signer.publicKey);
    if (!certificate.ok) return certificate;
    const counter = await cabinet.counter.read();
    if (!counter.ok) return counter;
    const { openings, closings, counterAtOpening, reconciliation, closedOnOneCard } = numbers;
    const { previousTape } = anchor.now;
    const facts = tapeFacts({
      type,
      mode: election.mode,
      simulated: cabinet.simulated,
      definition: election.definition,
      pollingPlaceId: election.pollingPlaceId,
      totals: totals.value,
      packageSha256: election.packageSha256,
      definitionSha256: election.definitionSha256,
      softwareSha256,
      deviceSerial: identity.serialNumber,
      openingNumber: openings,
      closingNumber: closings,
      previousTape,
      logHead: log.anchor().logHead,
      wallTime: clock.wallTime(),
      protectiveAtOpening: counterAtOpening,
      protectiveNow: counter.value,
      reconciliation: {
        unscannedEmergencyBallots: reconciliation?.unscannedEmergencyBallots,
        abandonedBallots: reconciliation?.abandonedBallots,
        writeInBallots: reconciliation?.writeInBallots,
      },
      closedOnOneCard,
    });
    const tape = signTape(facts, identity.signer, certificate.value);
    const kept = await this.#keep(cabinet.internal, type, tape);
    if (!kept.ok) return kept;
    this.#tapes.set(type, tape);
    return ok(tape.digest);
  }

  /** Resolves when the paper is printed; a copy that stopped half-way is printed again from its start. */
  async print(type: TapeType, copy: number): Promise<Result<void>> {
    const made = this.#tapes.get(type);
    const tape = made === undefined ? await this.#kept(type) : ok(made);
    if (!tape.ok) return tape;
    const issue = { copy, reprint: made === undefined };
    const printed = await this.parts.cabinet.printer.print(tapeJob(tape.value, issue));
    if (!printed.ok) return printed;
    return this.parts.log.append({ code: 'tape-printed', details: `${type} tape, copy ${copy}` });
  }

  /** Takes up the tape that was kept before the power went, when it is the one with this digest. */
  async takeUp(type: TapeType, digest: string): Promise<boolean> {
    const kept = await this.#kept(type);
    if (!kept.ok || kept.value.digest !== digest) return false;
    this.#tapes.set(type, kept.value);
    return true;
  }

  /** The tape as it was kept before the power went: its signature holds, whenever it is printed. */
  async #kept(type: TapeType): Promise<Result<SignedTape>> {
    const name = tapeFileName(type);
    const bytes = await this.parts.cabinet.internal.read(name, MAX_TAPE_TEXT_BYTES);
    if (!bytes.ok) return bytes;
    const text = fromUtf8(bytes.value, name);
    if (!text.ok) return text;
    const { signPublicKey } = must(this.parts.election, 'a tape belongs to an election').authority;
    const verified = verifyTapeText(text.value, signPublicKey, name);
    return verified.ok ? tapeOfText(text.value, name) : verified;
  }

  async #keep(internal: FileStore, type: TapeType, tape: SignedTape): Promise<Result<void>> {
    const text = tapeText(tapeJob(tape, { copy: 1, reprint: false }));
    const written = await internal.write(tapeFileName(type), utf8(text));
    return written.ok ? ok(undefined) : written;
  }
}
