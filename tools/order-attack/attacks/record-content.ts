/**
 * What is in an opened slot beside the votes: lengths, padding, the signature's bytes, the record's own text. Two
 * ballots with the same votes must differ by nothing that rises with time.
 */
import { byteWindows } from '../byte-windows.js';
import type { OpenedCard } from '../card-view.js';
import { orderGuesses, type Guess } from '../guess.js';

export function attackRecordContent({ ballots }: OpenedCard): readonly Guess[] {
  const ids = ballots.map(({ id }) => id);
  const lengths = {
    'length of the record': ballots.map(({ recordJson }) => recordJson.length),
    'length of the packed record': ballots.map(({ packedBytes }) => packedBytes),
    'length of the images': ballots.map(({ content }) => content.length),
    'padding of the head': ballots.map(({ headPadding }) => sum(headPadding)),
    'padding of the body': ballots.map(({ bodyPadding }) => sum(bodyPadding)),
  };
  const signatures = Object.entries(byteWindows(ballots.map(({ signature }) => signature)));
  const fields = ballots.map(({ record }) => Object.keys(record).join());
  const padded = ballots.filter((ballot) => sum(ballot.headPadding) + sum(ballot.bodyPadding) > 0).length;
  return [
    ...orderGuesses(ids, lengths),
    ...orderGuesses(ids, Object.fromEntries(signatures.map(([name, of]) => [`signature, ${name}`, of]))),
    { kind: 'traces', variant: 'padding that is not zero', found: padded, expected: 0 },
    { kind: 'traces', variant: 'records of another shape', found: new Set(fields).size - 1, expected: 0 },
  ];
}

function sum(bytes: Uint8Array): number {
  let total = 0;
  for (const byte of bytes) total += byte;
  return total;
}
