/**
 * The anchor: what the device itself knows of box, log, counters and polls, signed with its key, so that old copies
 * of both cards, a deleted ballot or a cut log are found (design of the ballot box). It cannot show that the internal
 * storage itself was set back to an older copy: against that stands the protective counter.
 */
import { z } from 'zod';
import { fromHex, toHex, utf8 } from '../../ground/bytes.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import type { FileStore } from '../../drivers/ports.js';
import { parseJson } from '../trust/json.js';
import { verifySignature } from '../trust/keys.js';
import type { Signer } from '../trust/signing.js';
import { readState, writeState, type StateFile } from './state-file.js';

const whole = z.int().min(0);
const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

const anchorSchema = z.strictObject({
  /** Raised by one with each new anchor. */
  anchorNumber: whole,
  /** The box that it speaks of, hexadecimal; none before the cards are prepared. */
  boxId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .exactOptional(),
  /** Generation of the intent cells at that moment. */
  boxGeneration: whole,
  /** Ballots that count. */
  ballots: whole,
  /** Head of the audit log: how many entries, and the last one's hash. */
  logEntries: whole,
  logHead: sha256Hex,
  /** The protective counter when the polls were first opened. */
  counterAtOpening: whole,
  /** How often the polls were opened and closed with this package. */
  openings: whole,
  closings: whole,
  /** Digest of the last tape's signed text; none before the first. */
  previousTape: sha256Hex.exactOptional(),
  /** `closing`: no more ballots are taken, and the results tapes are not all printed. */
  polls: z.enum(['not-opened', 'open', 'paused', 'closing', 'closed']),
  /** What the inspectors counted by hand, once the closing has begun. */
  reconciliation: z
    .strictObject({ unscannedEmergencyBallots: whole, abandonedBallots: whole, writeInBallots: whole })
    .exactOptional(),
});

export type Anchor = Readonly<z.output<typeof anchorSchema>>;

const fileSchema = z.strictObject({
  /** The anchor's JSON, as it was signed. */
  anchor: z.string().max(4096),
  signature: z.string().regex(/^[0-9a-f]{128}$/),
});
const file: StateFile<typeof fileSchema> = {
  name: 'anchor',
  format: 'tallystick-anchor/1',
  schema: fileSchema,
};

/** Nothing when none was ever written. */
export async function readAnchor(
  internal: FileStore,
  devicePublicKey: Uint8Array,
): Promise<Result<Anchor | undefined>> {
  const state = await readState(internal, file);
  if (!state.ok) return state;
  if (state.value === undefined) return ok(undefined);
  const where = `${internal.label}/${file.name}`;
  const signature = fromHex(state.value.signature, where);
  if (!signature.ok) return signature;
  if (!verifySignature('anchor', devicePublicKey, utf8(state.value.anchor), signature.value)) {
    return err(problem('signature-invalid', where, '', 'is not signed by this device'));
  }
  return parseJson(anchorSchema, state.value.anchor, where);
}

export async function writeAnchor(
  internal: FileStore,
  signer: Signer,
  anchor: Anchor,
): Promise<Result<void>> {
  const json = JSON.stringify(anchor);
  return writeState(internal, file, {
    anchor: json,
    signature: toHex(signer.sign('anchor', utf8(json))),
  });
}
