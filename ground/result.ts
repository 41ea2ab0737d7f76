/**
 * Errors as values. Whatever can go wrong at a door (a file, a card, a QR code, a key press) comes back as a
 * `Problem` with a sentence for the person who sees it; what cannot happen is asserted.
 */
export type Result<T, E = Problem> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** One thing that is wrong with an input, in words. `where` names the file or device, `path` the field in it. */
export interface Problem {
  /** Machine-readable kind, kebab-case, for example `signature-invalid`. */
  readonly code: string;
  /** File, card or device, as its user knows it. */
  readonly where: string;
  /** Field inside it, for example `contests[3].seats`; empty when the whole thing is meant. */
  readonly path: string;
  /** One sentence for a person. */
  readonly reason: string;
}

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function err<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

export function problem(code: string, where: string, path: string, reason: string): Problem {
  return { code, where, path, reason };
}

/** `card-a/ballots.box, header.boxId: is not the box of this device` */
export function describeProblem(p: Problem): string {
  return p.path === '' ? `${p.where}: ${p.reason}` : `${p.where}, ${p.path}: ${p.reason}`;
}

/** Thrown only when this program itself is wrong; never for bad input. */
export class AssertionFailure extends Error {
  override name = 'AssertionFailure';
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionFailure(message);
}

/** The value that must be there. */
export function must<T>(value: T | undefined | null, message: string): T {
  if (value === undefined || value === null) throw new AssertionFailure(message);
  return value;
}

/** Reached only when a switch forgot a kind that the compiler did not see. */
export function unreachable(value: never): never {
  throw new AssertionFailure(`unreachable: ${JSON.stringify(value)}`);
}
