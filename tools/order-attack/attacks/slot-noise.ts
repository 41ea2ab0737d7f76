/**
 * A card without the key: can filled slots be told from free ones, or early ones from late ones, by their bytes?
 * Byte histogram (chi-square against uniform), ones, zero bytes, repeats, first byte and last, and how alike head and
 * body are. A sealed slot must look like the noise that was there before.
 */
import { sealedBody, sealedHead, slotNumbers, type CardImage } from '../card-view.js';
import type { Guess } from '../guess.js';
import { onesOfByte } from '../byte-windows.js';

export function attackSlotNoise(image: CardImage): readonly Guess[] {
  const features = slotNumbers(image).map((slot) =>
    featuresOf(sealedHead(image, slot), sealedBody(image, slot)),
  );
  const names = Object.keys(features[0] ?? {}) as readonly (keyof Features)[];
  return names.map((variant) => ({ kind: 'slots', variant, scores: features.map((one) => one[variant]) }));
}

interface Features {
  readonly 'chi-square of the head': number;
  readonly 'chi-square of the body': number;
  readonly 'ones in the slot': number;
  readonly 'zero bytes': number;
  readonly 'equal neighbours': number;
  readonly 'end of the body': number;
}

function featuresOf(head: Uint8Array, body: Uint8Array): Features {
  const [ofHead, ofBody] = [countBytes(head), countBytes(body)];
  return {
    'chi-square of the head': chiSquare(ofHead.counts, head.length),
    'chi-square of the body': chiSquare(ofBody.counts, body.length),
    'ones in the slot': onesOf(ofHead.counts) + onesOf(ofBody.counts),
    'zero bytes': (ofHead.counts[0] ?? 0) + (ofBody.counts[0] ?? 0),
    'equal neighbours': ofHead.equalNeighbours + ofBody.equalNeighbours,
    'end of the body': (body[body.length - 1] ?? 0) + 256 * (body[body.length - 2] ?? 0),
  };
}

function countBytes(bytes: Uint8Array): { counts: Uint32Array; equalNeighbours: number } {
  const counts = new Uint32Array(256);
  let [before, equalNeighbours] = [-1, 0];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    counts[byte] = (counts[byte] as number) + 1;
    if (byte === before) equalNeighbours += 1;
    before = byte;
  }
  return { counts, equalNeighbours };
}

function chiSquare(counts: Uint32Array, total: number): number {
  const expected = total / 256;
  let sum = 0;
  for (let byte = 0; byte < 256; byte++) sum += ((counts[byte] as number) - expected) ** 2;
  return sum / expected;
}

function onesOf(counts: Uint32Array): number {
  let total = 0;
  for (let byte = 0; byte < 256; byte++) total += (counts[byte] as number) * onesOfByte(byte);
  return total;
}
