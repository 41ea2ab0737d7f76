/** Which marks the model makes, and how often: declared here, before any of them is read. */
import type { SeededRandom } from '../../ground/seeded-random.js';
import { assert } from '../../ground/result.js';
import type { MarkKind } from '../pen/strokes.js';

/** Shares in 1/1000 of all positions. */
export const MIXTURE: Readonly<Record<MarkKind, number>> = {
  none: 575,
  full: 140,
  overfull: 20,
  'pencil-line': 20,
  half: 30,
  x: 30,
  check: 30,
  slash: 30,
  'light-pencil': 30,
  edge: 10,
  dot: 15,
  fleck: 15,
  smudge: 15,
  erasure: 10,
  'stray-line': 10,
  circle: 5,
  retraced: 5,
  'crossed-out': 5,
  highlighter: 5,
};

/** What voters do who follow the instruction: fill the oval with a pen or a pencil. */
export const INSTRUCTED: readonly MarkKind[] = ['full', 'full', 'full', 'overfull'];
/** Votes that are made otherwise. */
export const ODD: readonly MarkKind[] = ['check', 'x', 'slash', 'half'];

const kinds = Object.keys(MIXTURE) as readonly MarkKind[];
const total = kinds.reduce((sum, kind) => sum + MIXTURE[kind], 0);
assert(total === 1000, 'the shares of the kinds add up');

export function drawKind(random: SeededRandom): MarkKind {
  let left = random.next() * total;
  for (const kind of kinds) {
    left -= MIXTURE[kind];
    if (left < 0) return kind;
  }
  return 'none';
}
