/**
 * Which characters the printed fonts have: a PDF loses a character without a glyph silently, so the definition is
 * checked against this before anything is printed. Read from the WOFF file's own character map (W3C WOFF 1.0,
 * sections 3 to 5; OpenType `cmap` formats 4 and 12).
 */
import { inflateSync } from 'node:zlib';
import { assert, must } from '../ground/result.js';
import { fontFile, fontNames } from './text-measure.js';

let printable: ReadonlySet<number> | undefined;

/** The characters of a text for which some printed font has no glyph, each once. A line end needs none. */
export function charactersWithoutGlyph(text: string): readonly string[] {
  printable ??= commonCharacters(fontNames.map((font) => charactersOfWoff(fontFile(font))));
  const known = printable;
  return [...new Set(text)].filter((c) => c !== '\n' && !known.has(must(c.codePointAt(0), 'a character')));
}

function commonCharacters(sets: readonly ReadonlySet<number>[]): ReadonlySet<number> {
  const [first, ...others] = sets;
  return new Set([...(first ?? [])].filter((code) => others.every((set) => set.has(code))));
}

export function charactersOfWoff(woff: Buffer): ReadonlySet<number> {
  assert(woff.toString('latin1', 0, 4) === 'wOFF', 'the font is a WOFF file');
  const cmap = woffTable(woff, 'cmap');
  const codes = new Set<number>();
  const subtables = cmap.readUInt16BE(2);
  for (let i = 0; i < subtables; i++) {
    const at = cmap.readUInt32BE(4 + 8 * i + 4);
    const format = cmap.readUInt16BE(at);
    if (format === 4) addFormat4(cmap.subarray(at), codes);
    if (format === 12) addFormat12(cmap.subarray(at), codes);
  }
  return codes;
}

/** Table directory: 20 bytes an entry from byte 44 on: tag, offset, length as stored, length as it was. */
function woffTable(woff: Buffer, tag: string): Buffer {
  const tables = woff.readUInt16BE(12);
  for (let i = 0; i < tables; i++) {
    const entry = 44 + 20 * i;
    if (woff.toString('latin1', entry, entry + 4) !== tag) continue;
    const [offset, stored, original] = [4, 8, 12].map((at) => woff.readUInt32BE(entry + at));
    const from = must(offset, 'an offset');
    const bytes = woff.subarray(from, from + must(stored, 'a length'));
    return stored === original ? bytes : inflateSync(bytes, { maxOutputLength: must(original, 'a length') });
  }
  throw new RangeError(`the font has no table ${tag}`);
}

function addFormat4(table: Buffer, codes: Set<number>): void {
  const segments = table.readUInt16BE(6) / 2;
  const word = (group: number, segment: number): number => 14 + 2 * segments * group + 2 * segment;
  for (let s = 0; s < segments; s++) {
    const end = table.readUInt16BE(word(0, s));
    const start = table.readUInt16BE(word(1, s) + 2);
    const delta = table.readUInt16BE(word(2, s) + 2);
    const rangeAt = word(3, s) + 2;
    const range = table.readUInt16BE(rangeAt);
    for (let code = start; code <= end && code < 0xffff; code++) {
      const raw = range === 0 ? code : table.readUInt16BE(rangeAt + range + 2 * (code - start));
      const glyph = range !== 0 && raw === 0 ? 0 : (raw + delta) & 0xffff;
      if (glyph !== 0) codes.add(code);
    }
  }
}

function addFormat12(table: Buffer, codes: Set<number>): void {
  const groups = table.readUInt32BE(12);
  for (let g = 0; g < groups; g++) {
    const start = table.readUInt32BE(16 + 12 * g);
    const end = table.readUInt32BE(20 + 12 * g);
    for (let code = start; code <= end; code++) codes.add(code);
  }
}
