/**
 * Input as an enemy makes it: values of a JSON file exchanged for others of every wrong kind, depth without end,
 * numbers beyond all bounds, texts with NUL and half characters, names that lead out of a folder; and bytes changed
 * without knowing what they mean.
 */
import type { SeededRandom } from '../../ground/seeded-random.js';
import { changed } from '../mutate/operators.js';

const DEEP = 100_000;
const LONG = 300_000;

/** Texts of a JSON value, as they stand in the file. @param outside a path that nothing may be written to */
function hostileValues(outside: string): readonly (() => string)[] {
  return [
    () => 'null',
    () => 'true',
    () => '[]',
    () => '{}',
    () => '""',
    () => '-1',
    () => '0.5',
    () => '1e308',
    () => '1e999',
    () => '9007199254740993',
    () => '9'.repeat(400),
    () => '"\\u0000"',
    () => '"\\ud800"',
    () => '"\\u202e\\u0007\\u001b[2J"',
    () => '"__proto__"',
    () => '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    () => '"../beside/owned"',
    () => '"../../../../../../etc/passwd"',
    () => JSON.stringify(`${outside}/owned`),
    () => '"C:\\\\windows\\\\owned"',
    () => JSON.stringify('a'.repeat(LONG)),
    () => JSON.stringify('ÿ😀'.repeat(LONG / 8)),
    () => `[${'0,'.repeat(LONG / 4)}0]`,
    () => `[${'{},'.repeat(LONG / 8)}{}]`,
    () => '['.repeat(DEEP) + ']'.repeat(DEEP),
    () => '{"a":'.repeat(DEEP) + '0' + '}'.repeat(DEEP),
    () => '['.repeat(DEEP),
    () => `{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":${i}`).join()}}`,
    () => '"((a+)+)+$"',
    () => JSON.stringify('a'.repeat(60) + '!'),
    () => '"2026-02-30T25:61:61"',
  ];
}

/** Where a value begins and ends in the text: every place where one may be exchanged. */
function valuePlaces(text: string): readonly { readonly from: number; readonly to: number }[] {
  const places: { from: number; to: number }[] = [];
  const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[[\]{}]/g;
  const open: number[] = [];
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [word] = found;
    if (word === '[' || word === '{') open.push(found.index);
    else if (word === ']' || word === '}')
      places.push({ from: open.pop() ?? found.index, to: token.lastIndex });
    else places.push({ from: found.index, to: token.lastIndex });
  }
  return places;
}

export function hostileJson(seed: Uint8Array, random: SeededRandom, outside: string): Uint8Array {
  const text = Buffer.from(seed).toString('utf8');
  const places = valuePlaces(text);
  if (places.length === 0) return hostileBytes(seed, random);
  const { from, to } = random.pick(places);
  const value = random.pick(hostileValues(outside))();
  return new Uint8Array(Buffer.from(text.slice(0, from) + value + text.slice(to)));
}

const TAILS = ['\u0000', '\ufeff', '\r', '\u2028', '\\', '"', '}', '%00', '\u001b[31m'];

export function hostileBytes(seed: Uint8Array, random: SeededRandom): Uint8Array {
  let bytes = seed.length === 0 ? Uint8Array.of(random.integer(0, 255)) : seed;
  const times = random.integer(1, 4);
  for (let i = 0; i < times && bytes.length > 0; i++) {
    const dice = random.next();
    const at = random.integer(0, bytes.length - 1);
    if (dice < 0.7) bytes = changed(bytes, 'lines', random).bytes;
    else if (dice < 0.8) {
      // A number somewhere that says how much follows.
      bytes = new Uint8Array(bytes);
      bytes.set(
        random
          .pick([
            [0xff, 0xff, 0xff, 0xff],
            [0x7f, 0xff, 0xff, 0xff],
            [0, 0, 0, 0],
          ])
          .slice(0, bytes.length - at),
        at,
      );
    } else if (dice < 0.9) {
      const tail = Buffer.from(random.pick(TAILS));
      bytes = new Uint8Array(Buffer.concat([bytes.subarray(0, at), tail, bytes.subarray(at)]));
    } else {
      const piece = bytes.subarray(at, at + random.integer(1, 200));
      const often = random.integer(2, 2000);
      bytes = new Uint8Array(
        Buffer.concat([bytes.subarray(0, at), ...Array<Uint8Array>(often).fill(piece), bytes.subarray(at)]),
      );
    }
  }
  return bytes;
}
