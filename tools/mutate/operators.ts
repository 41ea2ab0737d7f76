/**
 * What can be done to bytes without knowing what they mean: one bit turned over, a range cut out, doubled, exchanged
 * with another or overwritten, the end cut off; and for text the same by lines, for JSON by fields and entries.
 */
import type { SeededRandom } from '../../ground/seeded-random.js';

export interface Changed {
  readonly what: string;
  readonly bytes: Uint8Array;
}

type Operator = (bytes: Uint8Array, random: SeededRandom) => Changed | undefined;

const LONGEST_RANGE = 64;

/** Two of three are single bits; a JSON file or a text gets its own kinds as well. Never the same bytes again. */
export function changed(bytes: Uint8Array, kind: 'bytes' | 'lines' | 'json', random: SeededRandom): Changed {
  const others = [...BYTES, ...(kind === 'bytes' ? [] : LINES), ...(kind === 'json' ? JSONS : [])];
  for (let tries = 0; tries < 20; tries++) {
    const operator = random.chance(2 / 3) ? flipBit : random.pick(others);
    const result = operator(bytes, random);
    if (result !== undefined && Buffer.compare(result.bytes, bytes) !== 0) return result;
  }
  return flipBit(bytes, random);
}

export function flipBit(bytes: Uint8Array, random: SeededRandom): Changed {
  return flipAt(bytes, random.integer(0, bytes.length - 1), random.integer(0, 7));
}

export function flipAt(bytes: Uint8Array, at: number, bit: number): Changed {
  const copy = new Uint8Array(bytes);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return { what: `bit ${bit} of byte ${at}`, bytes: copy };
}

function range(bytes: Uint8Array, random: SeededRandom): { from: number; to: number } {
  const from = random.integer(0, bytes.length - 1);
  return { from, to: Math.min(bytes.length, from + random.integer(1, LONGEST_RANGE)) };
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const BYTES: readonly Operator[] = [
  (bytes, random) => {
    const { from, to } = range(bytes, random);
    return {
      what: `bytes ${from} to ${to} cut out`,
      bytes: join(bytes.subarray(0, from), bytes.subarray(to)),
    };
  },
  (bytes, random) => {
    const { from, to } = range(bytes, random);
    return {
      what: `bytes ${from} to ${to} doubled`,
      bytes: join(bytes.subarray(0, to), bytes.subarray(from)),
    };
  },
  (bytes, random) => {
    const { from, to } = range(bytes, random);
    const copy = new Uint8Array(bytes);
    copy.fill(random.pick([0, 0xff, 0x20, 0x30]), from, to);
    return { what: `bytes ${from} to ${to} overwritten`, bytes: copy };
  },
  (bytes, random) => {
    const length = random.integer(1, LONGEST_RANGE);
    if (bytes.length < 2 * length) return undefined;
    const one = random.integer(0, bytes.length - 2 * length);
    const two = random.integer(one + length, bytes.length - length);
    const copy = new Uint8Array(bytes);
    copy.copyWithin(one, two, two + length);
    copy.set(bytes.subarray(one, one + length), two);
    return { what: `${length} bytes at ${one} and ${two} exchanged`, bytes: copy };
  },
  (bytes, random) => {
    const keep = random.integer(0, bytes.length - 1);
    return { what: `cut off after ${keep} bytes`, bytes: new Uint8Array(bytes.subarray(0, keep)) };
  },
  (bytes, random) => {
    const more = Uint8Array.from({ length: random.integer(1, 9) }, () => random.integer(0, 255));
    return { what: `${more.length} bytes put behind the end`, bytes: join(bytes, more) };
  },
];

/** Latin-1, so that every byte comes back as it was. */
function byLines(bytes: Uint8Array, edit: (lines: string[]) => string | undefined): Changed | undefined {
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  if (lines.length < 3) return undefined;
  const what = edit(lines);
  return what === undefined
    ? undefined
    : { what, bytes: new Uint8Array(Buffer.from(lines.join('\n'), 'latin1')) };
}

const LINES: readonly Operator[] = [
  (bytes, random) =>
    byLines(bytes, (lines) => {
      const at = random.integer(0, lines.length - 2);
      lines.splice(at, 1);
      return `line ${at + 1} taken out`;
    }),
  (bytes, random) =>
    byLines(bytes, (lines) => {
      const at = random.integer(0, lines.length - 2);
      lines.splice(random.integer(0, lines.length - 2), 0, lines[at] ?? '');
      return `line ${at + 1} played again`;
    }),
  (bytes, random) =>
    byLines(bytes, (lines) => {
      const [one, two] = [random.integer(0, lines.length - 2), random.integer(0, lines.length - 2)];
      [lines[one], lines[two]] = [lines[two] ?? '', lines[one] ?? ''];
      return `lines ${one + 1} and ${two + 1} exchanged`;
    }),
  (bytes, random) =>
    byLines(bytes, (lines) => {
      const keep = random.integer(0, lines.length - 2);
      lines.splice(keep, lines.length - 1 - keep);
      return `cut off after line ${keep}`;
    }),
];

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

function byJson(bytes: Uint8Array, edit: (root: Json) => string | undefined): Changed | undefined {
  const root = JSON.parse(Buffer.from(bytes).toString('utf8')) as Json;
  const what = edit(root);
  return what === undefined
    ? undefined
    : { what, bytes: new Uint8Array(Buffer.from(`${JSON.stringify(root)}\n`)) };
}

/** Some object or list in it, by a walk from the root. */
function someNode(root: Json, random: SeededRandom): Json[] | { [name: string]: Json } | undefined {
  let node = root;
  let found: Json[] | { [name: string]: Json } | undefined;
  for (let depth = 0; depth < 8 && typeof node === 'object' && node !== null; depth++) {
    found = node;
    const inside = Object.values(node).filter((one) => typeof one === 'object' && one !== null);
    if (inside.length === 0 || random.chance(0.2)) break;
    node = random.pick(inside);
  }
  return found;
}

const JSONS: readonly Operator[] = [
  (bytes) => byJson(bytes, () => 'written again without its spaces'),
  (bytes, random) =>
    byJson(bytes, (root) => {
      const node = someNode(root, random);
      if (node === undefined || Array.isArray(node)) return undefined;
      const entries = Object.entries(node).reverse();
      for (const [name] of entries) Reflect.deleteProperty(node, name);
      for (const [name, value] of entries) node[name] = value;
      return `fields in the other order: ${entries.map(([name]) => name).join()}`;
    }),
  (bytes, random) =>
    byJson(bytes, (root) => {
      const node = someNode(root, random);
      if (!Array.isArray(node) || node.length < 2) return undefined;
      const [one, two] = [random.integer(0, node.length - 1), random.integer(0, node.length - 1)];
      [node[one], node[two]] = [node[two] ?? null, node[one] ?? null];
      return `entries ${one} and ${two} exchanged`;
    }),
  (bytes, random) =>
    byJson(bytes, (root) => {
      const node = someNode(root, random);
      if (node === undefined) return undefined;
      if (Array.isArray(node)) {
        node.splice(random.integer(0, Math.max(0, node.length - 1)), 1);
        return 'an entry taken out';
      }
      const name = random.pick([...Object.keys(node), '']);
      return Reflect.deleteProperty(node, name) ? `field ${name} taken out` : undefined;
    }),
];
