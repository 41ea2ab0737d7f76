/**
 * The door for election definitions: bytes in, a checked definition out, or everything that is wrong with them, in
 * one run. What comes out can be trusted by all other parts.
 */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { fromUtf8, toHex } from '../ground/bytes.js';
import { err, ok, problem, type Problem, type Result } from '../ground/result.js';
import { electionHash20 } from './ballot-code.js';
import { checkDefinition } from './check.js';
import { definitionSchema, type ElectionDefinition } from './definition.js';
import { childPath, readJson } from './json-text.js';

export interface LoadedDefinition {
  readonly definition: ElectionDefinition;
  /** The file's exact bytes: what is hashed and signed. */
  readonly bytes: Uint8Array;
  readonly sha256Hex: string;
  /** The part of the hash that the ballot's code carries. */
  readonly hash20: number;
}

/** 1,000 contests with long texts in two languages fit. */
export const MAX_DEFINITION_BYTES = 16 * 1024 * 1024;

export function readDefinition(
  bytes: Uint8Array,
  where: string,
): Result<LoadedDefinition, readonly Problem[]> {
  if (bytes.length > MAX_DEFINITION_BYTES) {
    return err([problem('too-large', where, '', `is larger than ${MAX_DEFINITION_BYTES} bytes`)]);
  }
  const text = fromUtf8(bytes, where);
  if (!text.ok) return err([text.error]);
  const json = readJson(text.value, where);
  if (!json.ok) return json;
  const shape = definitionSchema.safeParse(json.value);
  if (!shape.success) return err(shapeProblems(shape.error, where));
  const problems = checkDefinition(shape.data, where);
  if (problems.length > 0) return err(problems);
  const digest = createHash('sha256').update(bytes).digest();
  return ok({
    definition: shape.data,
    bytes,
    sha256Hex: toHex(digest),
    hash20: electionHash20(digest),
  });
}

/** What a schema of zod found, in our words: `contests[3].seats` and a sentence. */
export function shapeProblems(error: z.ZodError, where: string): readonly Problem[] {
  return error.issues.map((issue) => {
    const path = issue.path.reduce<string>(
      (text, key) => childPath(text, typeof key === 'symbol' ? String(key) : key),
      '',
    );
    return problem('wrong-shape', where, path, sentenceOf(issue));
  });
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.message.endsWith('received undefined')) return 'is missing';
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return `must ${limitOf(issue.origin)} at least ${issue.minimum}`;
    case 'too_big':
      return `must ${limitOf(issue.origin)} at most ${issue.maximum}`;
    case 'unrecognized_keys':
      return `has unknown fields: ${issue.keys.join(', ')}`;
    case 'invalid_key':
      return 'is not an id';
    case 'invalid_value':
      return `must be one of: ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

function limitOf(origin: string): string {
  if (origin === 'string') return 'have characters:';
  return origin === 'array' ? 'have entries:' : 'be';
}
