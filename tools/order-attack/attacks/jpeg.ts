/**
 * What an image file says beside its pixels: comments and application segments, the quality (from its quantisation
 * tables), its length. Segments as in ITU-T T.81, annex B.
 */
import { orderGuesses, type Guess } from '../guess.js';

export interface JpegFacts {
  /** Comments and application segments, hexadecimal. */
  readonly segments: string;
  /** A number made of the last bytes of the first of them but JFIF's own, where a counter would stand. */
  readonly segmentValue: number;
  readonly quantisation: number;
  readonly headerBytes: number;
  readonly bytes: number;
}

const START_OF_SCAN = 0xda;
const QUANTISATION = 0xdb;
const COMMENT = 0xfe;
const APP_0 = 0xe0;
const APP_15 = 0xef;

export function jpegFacts(jpeg: Uint8Array): JpegFacts {
  const segments: Uint8Array[] = [];
  let quantisation = 0;
  let at = 2;
  while (at + 4 <= jpeg.length && jpeg[at] === 0xff) {
    const marker = jpeg[at + 1] ?? 0;
    const length = ((jpeg[at + 2] ?? 0) << 8) + (jpeg[at + 3] ?? 0);
    const content = jpeg.subarray(at + 4, at + 2 + length);
    if (marker === COMMENT || (marker > APP_0 && marker <= APP_15)) segments.push(content);
    if (marker === QUANTISATION) for (const byte of content) quantisation += byte;
    at += 2 + length;
    if (marker === START_OF_SCAN) break;
  }
  const [first = new Uint8Array()] = segments;
  return {
    segments: segments.map((one) => Buffer.from(one).toString('hex')).join(),
    segmentValue: first.slice(-6).reduce((value, byte) => value * 256 + byte, 0),
    quantisation,
    headerBytes: at,
    bytes: jpeg.length,
  };
}

export function attackJpegs(ids: readonly string[], images: readonly Uint8Array[]): readonly Guess[] {
  const facts = images.map(jpegFacts);
  const kinds = new Set(facts.map(({ segments }) => segments)).size;
  return [
    ...orderGuesses(ids, {
      'comment or application segment': facts.map(({ segmentValue }) => segmentValue),
      'quality step': facts.map(({ quantisation }) => quantisation),
      'length of the header': facts.map(({ headerBytes }) => headerBytes),
      'length of the file': facts.map(({ bytes }) => bytes),
    }),
    { kind: 'traces', variant: 'different comments', found: Math.max(0, kinds - 1), expected: 0 },
  ];
}
