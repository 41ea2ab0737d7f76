/**
 * The tapes twice over: what their codes hold, signed, read back from a picture of the paper; and what people read on
 * the same paper, line by line from its dots. Both must be the truth's numbers, on every copy, and in the export.
 */
import type { Result } from '../../ground/result.js';
import { paperPng } from '../../drivers/virtual/roll-png.js';
import type { VirtualRoll } from '../../drivers/virtual/roll.js';
import { parseCode } from '../../firmware/tapes/codes.js';
import { checkTape, type ReadTape } from '../../firmware/tapes/read-tape.js';
import { tapeDigest } from '../../firmware/tapes/sign.js';
import { verifyTapeText } from '../../firmware/tapes/tape-text.js';
import { readTapePictures } from '../tape-image.js';
import type { Checks } from './checks.js';
import type { Opened } from './opened.js';
import { paperText } from './paper-text.js';
import { nameOfPiece, verifyNumbers, type PaperTape } from './tape-numbers.js';
import type { ExpectedPiece, World } from './world.js';

/** A piece of paper as it was read. */
export interface ReadPiece {
  readonly cut: boolean;
  /** As people read it. */
  readonly lines: readonly string[];
  /** As its codes have it. */
  readonly tape: Result<ReadTape>;
}

/** Oldest first. */
export async function readPieces(roll: Pick<VirtualRoll, 'pieces'>): Promise<readonly ReadPiece[]> {
  const read: ReadPiece[] = [];
  for (const [i, { page, cut }] of roll.pieces().entries()) {
    const tape = await readTapePictures([await paperPng(page)], `piece ${i + 1} of the paper`);
    read.push({ cut, lines: paperText(page), tape });
  }
  return read;
}

/** @param logHashes hashes of the exported log's entries */
export async function verifyTapes(
  world: World,
  opened: Opened,
  pieces: readonly ReadPiece[],
  logHashes: ReadonlySet<string>,
  checks: Checks,
): Promise<void> {
  const cuts = pieces.map(({ cut }) => (cut ? 'cut' : 'torn'));
  const expectedCuts = world.pieces.map(({ whole }) => (whole ? 'cut' : 'torn'));
  checks.equal('the tape printer gave these pieces of paper', cuts, expectedCuts);
  const tapes: PaperTape[] = [];
  for (const [i, piece] of world.pieces.entries()) {
    const paper = pieces[i];
    const tape = paper && verifyPiece(world, piece, paper, checks);
    if (tape !== undefined) tapes.push(tape);
  }
  for (const tape of tapes) verifyNumbers(world, opened, tape, checks);
  verifyChain(tapes, logHashes, checks);
  for (const type of ['zero', 'results'] as const) {
    const own = tapes.filter(({ piece }) => piece.type === type);
    await verifyExported(world, opened, type, own, checks);
  }
}

function verifyPiece(
  world: World,
  piece: ExpectedPiece,
  { lines, tape: read }: ReadPiece,
  checks: Checks,
): PaperTape | undefined {
  const name = nameOfPiece(piece);
  const end = lines.findIndex((line) => line.includes('END OF'));
  if (!piece.whole) {
    checks.equal(`${name}, torn off: no line says that it is a whole tape`, end, -1);
    return undefined;
  }
  const last = `END OF ${piece.type === 'zero' ? 'ZERO' : 'RESULTS'} TAPE`;
  checks.equal(`${name}: its last line says that it is whole`, lines.at(-1)?.trim(), last);
  checks.equal(`${name}: no other line says so`, end, lines.length - 1);
  const copy = lines[0]?.trim().startsWith('COPY ') === true ? lines[0].trim() : 'COPY 1';
  checks.equal(`${name}: it says which copy it is`, copy, `COPY ${piece.copy}`);
  const tape = checks.value(`${name}: its codes can be read from the paper`, read);
  if (tape === undefined) return undefined;
  const trusted = checkTape(tape, world.authority.signer.publicKey, name);
  checks.value(`${name}: signed by the device that the authority certified`, trusted);
  checks.equal(`${name}: the codes are of a tape of this type`, tape.facts.type, piece.type);
  return { piece, tape, lines };
}

/** Each tape names the one before, and a moment of the log. */
function verifyChain(tapes: readonly PaperTape[], logHashes: ReadonlySet<string>, checks: Checks): void {
  let previous: string | undefined;
  let digest: string | undefined;
  for (const { piece, tape } of tapes) {
    const name = nameOfPiece(piece);
    const own = tapeDigest(tape.canonical);
    if (own !== digest) {
      previous = digest;
      digest = own;
    }
    checks.equal(`${name}: it names the tape before it`, tape.facts.previousTape, previous);
    checks.check(`${name}: it names an entry of the log`, logHashes.has(tape.facts.logHead));
    const first = tapes.find((one) => one.piece.type === piece.type);
    const same = first !== undefined && tapeDigest(first.tape.canonical) === own;
    checks.check(`${name}: all copies are of one tape`, same);
  }
}

/** The text in the export is the first copy, line by line. */
async function verifyExported(
  world: World,
  { exported }: Opened,
  type: 'zero' | 'results',
  tapes: readonly PaperTape[],
  checks: Checks,
): Promise<void> {
  if (exported === undefined) return;
  const file = `tapes/${type}.txt`;
  const bytes = checks.value(`the export carries ${file}`, await exported.read(file));
  if (bytes === undefined) return;
  const text = new TextDecoder().decode(bytes);
  const verified = verifyTapeText(text, world.authority.signer.publicKey, file);
  const tape = checks.value(`${file}: signed, and every printed line is what was signed`, verified)?.tape;
  for (const { piece, tape: onPaper, lines } of tapes) {
    const name = nameOfPiece(piece);
    checks.equal(`${name}: ${file} is the same tape`, tape?.digest, tapeDigest(onPaper.canonical));
    const printed = piece.copy === 1 ? lines : lines.slice(1);
    checks.equal(`${name}: the paper reads as ${file} does`, printed.map(ruleAsDashes), linesOf(text));
  }
}

/** On paper a rule is one stroke. */
function ruleAsDashes(line: string): string {
  return /^—+$/.test(line) ? line.replaceAll('—', '-') : line;
}

/** Without what stands on paper as a code, its caption, and empty lines. */
function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && parseCode(line) === undefined && !/^Code \d+ of \d+$/.test(line));
}
