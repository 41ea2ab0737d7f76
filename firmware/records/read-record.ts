/**
 * A cast vote record out of bytes: from the ballot box or from an export. Shape and bounds only; whether it fits its
 * election, `totals.ts` says. The format is docs/formats/record.md.
 */
import { z } from 'zod';
import { markThresholdsSchema } from '../../election-def/mark-thresholds.js';
import type { Result } from '../../ground/result.js';
import { parseJson } from '../trust/json.js';
import type { InkScore, OvalScore } from '../../vision/reading.js';
import { RECORD_FORMAT, type CastVoteRecord } from './record.js';

const id = z.string().regex(/^[a-z0-9-]{1,64}$/);
const count = z.int().min(0).max(1000);
const number = z.number();

const ink = {
  light: number,
  dark: number,
  darkness: number,
  density: number,
  spanMm: number,
} satisfies Record<keyof InkScore, z.ZodNumber>;

const score = z.strictObject({
  ...ink,
  outline: number,
  offsetXPx: number,
  offsetYPx: number,
  halo: number,
  rim: number,
  line: number,
  withoutLine: z.strictObject(ink).exactOptional(),
  fromBehind: number.exactOptional(),
} satisfies Record<keyof OvalScore, z.ZodType>);

const position = z.strictObject({
  optionId: id,
  verdict: z.enum(['blank', 'ambiguous', 'marked']),
  score,
  writeInInk: number.exactOptional(),
});

const outcome = z.strictObject({
  contestId: id,
  votes: z.array(id).max(1000),
  candidateOnlyVotes: z.array(id).max(1000),
  overvoted: z.boolean(),
  undervotes: count,
  crossEndorsements: z.array(z.strictObject({ candidateId: id, optionIds: z.array(id).max(1000) })).max(1000),
  blank: z.boolean(),
});

const recordSchema = z.strictObject({
  format: z.literal(RECORD_FORMAT),
  id: z.string().regex(/^[0-9a-f]{32}$/),
  electionId: id,
  definitionSha256: z.string().regex(/^[0-9a-f]{64}$/),
  deviceSerial: z.string().min(1).max(64),
  mode: z.enum(['test', 'official']),
  simulated: z.boolean(),
  styleId: id,
  precinctId: id,
  sheet: z.int().min(1).max(7),
  contests: z
    .array(z.strictObject({ contestId: id, positions: z.array(position).max(1000), outcome }))
    .max(1000),
  bin: z.enum(['main', 'write-in']),
  thresholds: markThresholdsSchema,
});

export function readRecord(bytes: Uint8Array, where: string): Result<CastVoteRecord> {
  return parseJson(recordSchema, bytes, where);
}
