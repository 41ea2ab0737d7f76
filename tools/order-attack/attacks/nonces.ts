/**
 * The twelve bytes at the head of each sealed part are in the clear. A counter or a clock in them would show, without
 * any key, which slots are filled and in which order; and the same nonce twice would break the sealing itself.
 */
import { byteWindows } from '../byte-windows.js';
import { NONCE_BYTES, sealedBody, sealedHead, slotNumbers, type CardImage } from '../card-view.js';
import type { Guess } from '../guess.js';

export function attackNonces(image: CardImage): readonly Guess[] {
  const noncesOf = (sealed: typeof sealedHead): readonly Uint8Array[] =>
    slotNumbers(image).map((slot) => sealed(image, slot).subarray(0, NONCE_BYTES));
  const [heads, bodies] = [noncesOf(sealedHead), noncesOf(sealedBody)];
  const named = [
    ['head', heads],
    ['body', bodies],
  ] as const;
  const windows = named.flatMap(([part, nonces]) =>
    Object.entries(byteWindows(nonces)).map(([window, scores]): Guess => ({
      kind: 'slots',
      variant: `${part}, ${window}`,
      scores,
    })),
  );
  const all = [...heads, ...bodies].map((nonce) => Buffer.from(nonce).toString('hex'));
  // 3,000 slots: 2 × 10⁻²² pairs by chance.
  const repeated = all.length - new Set(all).size;
  return [...windows, { kind: 'traces', variant: 'the same nonce twice', found: repeated, expected: 0 }];
}
