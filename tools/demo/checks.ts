/**
 * Checks of a demo: each has a name that reads as a sentence, each is counted, and one that did not hold keeps in
 * words what was found and what was expected. Nothing stops at the first failure.
 */
import { isDeepStrictEqual } from 'node:util';
import { describeProblem, type Problem, type Result } from '../../ground/result.js';

export interface FailedCheck {
  readonly name: string;
  /** What was found and what was expected. */
  readonly detail: string;
}

/** Of a value in a failure's words. */
const MOST_CHARACTERS = 400;

export class Checks {
  #count = 0;
  readonly #failures: FailedCheck[] = [];

  get count(): number {
    return this.#count;
  }

  get failures(): readonly FailedCheck[] {
    return this.#failures;
  }

  check(name: string, held: boolean, detail = ''): void {
    this.#count += 1;
    if (!held) this.#failures.push({ name, detail });
  }

  equal(name: string, actual: unknown, expected: unknown): void {
    const detail = `found ${inWords(actual)}, expected ${inWords(expected)}`;
    this.check(name, isDeepStrictEqual(actual, expected), detail);
  }

  /** What was asked for must be there; its problems are the failure's words. */
  value<T>(name: string, result: Result<T, Problem | readonly Problem[]>): T | undefined {
    if (result.ok) {
      this.check(name, true);
      return result.value;
    }
    const problems: readonly Problem[] = 'code' in result.error ? [result.error] : result.error;
    this.check(name, false, problems.map(describeProblem).join('; '));
    return undefined;
  }
}

function inWords(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}
