/**
 * Log and tapes say when somebody voted, which whoever stood in the room knows anyway. They must not say which ballot
 * it was: no part of a record's id, of its signature or of its slot's digest, and no difference between two lines of
 * the same event beside number, time and chain.
 */
import type { OpenedCard } from '../card-view.js';
import type { Guess } from '../guess.js';

/** Hexadecimal digits of an id that count as a link: by chance 10⁻¹⁴ for each place in a text and each id. */
const LINK_DIGITS = 16;

export function attackTexts(
  texts: readonly string[],
  { ballots }: Pick<OpenedCard, 'ballots'>,
): readonly Guess[] {
  const pieces = new Set<string>();
  for (const { id, signature } of ballots) {
    for (const hex of [id, Buffer.from(signature).toString('hex')]) {
      for (let at = 0; at + LINK_DIGITS <= hex.length; at += LINK_DIGITS) {
        pieces.add(hex.slice(at, at + LINK_DIGITS));
      }
    }
  }
  let links = 0;
  for (const text of texts) {
    for (const [run] of text.toLowerCase().matchAll(/[0-9a-f]{16,}/g)) {
      for (let at = 0; at + LINK_DIGITS <= run.length; at++) {
        if (pieces.has(run.slice(at, at + LINK_DIGITS))) links += 1;
      }
    }
  }
  return [
    { kind: 'traces', variant: 'part of a record in the text', found: links, expected: 0 },
    { kind: 'traces', variant: 'cast lines of another shape', found: shapesOf(texts), expected: 0 },
  ];
}

/** Cast lines that differ in more than number, time and chain; 0 when all are alike. */
function shapesOf(texts: readonly string[]): number {
  const shapes = new Set<string>();
  for (const text of texts) {
    for (const line of text.split('\n')) {
      if (!line.includes('"sheet-cast"')) continue;
      const shape = line
        .replace(/"seq":\d+/, '')
        .replace(/"time":"[^"]{19}"/, '')
        .replace(/"(prev|hash)":"[0-9a-f]{64}"/g, '');
      shapes.add(shape);
    }
  }
  return Math.max(0, shapes.size - 1);
}
