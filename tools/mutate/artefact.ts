/** One kind of signed thing: how one change of it is made, and what its verifier then says. */
import type { Problem } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';

export type Outcome =
  | { readonly is: 'found'; readonly how: string }
  /** Nothing that is signed was changed, and why that is so. */
  | { readonly is: 'harmless'; readonly why: string }
  | { readonly is: 'unfound' };

export interface Tried {
  readonly what: string;
  readonly outcome: Outcome;
}

export interface Artefact {
  readonly name: string;
  /** Its share of all mutations, against the others'. */
  readonly weight: number;
  /** Changes a copy, asks the verifier, and puts everything back. Throws when the verifier throws. */
  attempt(random: SeededRandom): Promise<Tried>;
}

export function found(problem: Problem): Outcome {
  return { is: 'found', how: problem.code };
}

export function harmless(why: string): Outcome {
  return { is: 'harmless', why };
}

export const UNFOUND: Outcome = { is: 'unfound' };
