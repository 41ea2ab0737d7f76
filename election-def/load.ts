/**
 * The door for election definitions: bytes in, a checked definition out, or every problem that it has, in one run.
 */
import { createHash } from 'node:crypto';
import { fromUtf8, toHex } from '../ground/bytes.js';
import { err, ok, problem, type Problem, type Result } from '../ground/result.js';
import { electionHash20 } from './ballot-code.js';
import { definitionSchema, type ElectionDefinition } from './definition.js';

export interface LoadedDefinition {
  readonly definition: ElectionDefinition;
  /** The file's exact bytes: what is hashed and signed. */
  readonly bytes: Uint8Array;
  readonly sha256Hex: string;
  /** The part of the hash that the ballot's code carries. */
  readonly hash20: number;
}

/** 2,500 precincts and 1,000 contests with long texts fit several times. */
export const MAX_DEFINITION_BYTES = 16 * 1024 * 1024;

export function readDefinition(
  bytes: Uint8Array,
  where: string,
): Result<LoadedDefinition, readonly Problem[]> {
  if (bytes.length > MAX_DEFINITION_BYTES)
    return err([problem('too-large', where, '', `is larger than ${MAX_DEFINITION_BYTES} bytes`)]);
  const text = fromUtf8(bytes, where);
  if (!text.ok) return err([text.error]);
  let json: unknown;
  try {
    json = JSON.parse(text.value);
  } catch {
    return err([problem('not-json', where, '', 'is not JSON')]);
  }
  const shape = definitionSchema.safeParse(json);
  if (!shape.success)
    return err(
      shape.error.issues.map((issue) => problem('shape', where, issue.path.join('.'), issue.message)),
    );
  const digest = createHash('sha256').update(bytes).digest();
  return ok({
    definition: shape.data,
    bytes,
    sha256Hex: toHex(digest),
    hash20: electionHash20(digest),
  });
}
