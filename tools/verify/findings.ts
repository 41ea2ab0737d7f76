/**
 * What `tallystick verify` says of one thing it was given: what is right, what should be known, what is wrong and
 * where; and what the thing says about itself, so that several things can be held against each other.
 */
import type { Problem } from '../../ground/result.js';
import { problem } from '../../ground/result.js';
import type { LogFindings } from '../../firmware/audit-log/verify.js';
import type { ReadExport } from '../../firmware/records/read-export.js';
import type { Totals } from '../../firmware/records/totals-types.js';
import type { SignedTape } from '../../firmware/tapes/facts.js';
import type { ElectionPackage } from '../../firmware/trust/election-package.js';
import type { ElectionDefinition } from '../../election-def/definition.js';

/** What must be the same wherever it is said. A package says nothing of a device, a log little of an election. */
export interface Identity {
  readonly electionId?: string;
  readonly definitionSha256?: string;
  readonly packageSha256?: string;
  readonly mode?: 'test' | 'official';
  readonly simulated?: boolean;
  readonly deviceSerial?: string;
  /** Hexadecimal. */
  readonly deviceKey?: string;
}

interface Common {
  /** As its user named it. */
  readonly name: string;
  readonly findings: Findings;
  readonly identity: Identity;
}

export type Checked =
  | (Common & { readonly kind: 'package'; readonly content: ElectionPackage | undefined })
  | (Common & { readonly kind: 'export'; readonly content: CheckedExport | undefined })
  | (Common & { readonly kind: 'tape'; readonly content: SignedTape | undefined })
  | (Common & { readonly kind: 'log'; readonly content: LogFindings | undefined });

export interface CheckedExport {
  readonly exported: ReadExport;
  readonly boxId: string;
  readonly definition: ElectionDefinition;
  /** Added up by `retally.ts`. */
  readonly counted: Totals;
}

/** Nobody reads more sentences than these about one thing; the rest is one sentence. */
const MOST_WRONG = 50;

export class Findings {
  readonly right: string[] = [];
  readonly notes: string[] = [];
  readonly #wrong: Problem[] = [];
  #more = 0;

  constructor(readonly where: string) {}

  get wrong(): readonly Problem[] {
    if (this.#more === 0) return this.#wrong;
    return [...this.#wrong, problem('and-more', this.where, '', `and ${this.#more} more things are wrong`)];
  }

  get isRight(): boolean {
    return this.#wrong.length === 0;
  }

  say(sentence: string): void {
    // A tape may be given twice, as text and as a picture: said once.
    if (!this.right.includes(sentence)) this.right.push(sentence);
  }

  note(sentence: string): void {
    this.notes.push(sentence);
  }

  blame(...problems: readonly Problem[]): void {
    const room = MOST_WRONG - this.#wrong.length;
    this.#wrong.push(...problems.slice(0, room));
    this.#more += Math.max(0, problems.length - room);
  }

  /** One check: the sentence when it holds, the problem when not. */
  check(holds: boolean, sentence: string, path: string, reason: string): void {
    if (holds) this.say(sentence);
    else this.blame(problem('verify', this.where, path, reason));
  }

  /** The same, where it is not worth a sentence that it holds. */
  must(holds: boolean, path: string, reason: string): void {
    if (!holds) this.blame(problem('verify', this.where, path, reason));
  }
}

export function counted(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** Enough of a key or digest for people to compare; `--json` has the whole. */
export function short(hex: string): string {
  return `${hex.slice(0, 8)} ${hex.slice(8, 16)}…`;
}
