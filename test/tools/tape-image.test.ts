import sharp, { type Sharp } from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openTapePrinter } from '../../drivers/tape-printer/escpos.js';
import { paperPng } from '../../drivers/virtual/roll-png.js';
import { VirtualRoll } from '../../drivers/virtual/roll.js';
import { tapeCodes } from '../../firmware/tapes/codes.js';
import type { SignedTape } from '../../firmware/tapes/facts.js';
import { checkTape } from '../../firmware/tapes/read-tape.js';
import { tapeJob } from '../../firmware/tapes/tape.js';
import { systemClock } from '../../firmware/runtime/ports.js';
import { must } from '../../ground/result.js';
import { readTapeCodes, readTapePictures } from '../../tools/tape-image.js';
import { authority, dutchess, hard, sampleFacts, signed } from '../firmware/tapes/sample-tapes.js';

const test = suite('reading a tape from a picture');

async function printed(tape: SignedTape): Promise<Uint8Array> {
  const roll = new VirtualRoll();
  const job = tapeJob(tape, { copy: 1, reprint: false });
  assert.ok((await openTapePrinter(roll.link, systemClock()).print(job)).ok);
  return paperPng(must(roll.pieces()[0], 'a tape').page);
}

/** The height at which the codes begin: they and the signatures are the last part of a tape. */
async function codesPart(png: Uint8Array, codes: number): Promise<Sharp> {
  const { height } = await sharp(png).metadata();
  const part = Math.min(height, codes * 640 + 700);
  return sharp(png).extract({ left: 0, top: height - part, width: 640, height: part });
}

for (const [name, facts] of [
  ['a zero tape', sampleFacts('zero')],
  ['a results tape', sampleFacts('results', dutchess)],
  ['a long results tape in Spanish', sampleFacts('results', hard)],
] as const) {
  test(`${name} reads back from the paper as the same bytes with a valid signature`, async () => {
    const tape = signed(facts);
    const read = await readTapePictures([await printed(tape)], 'tape.png');
    assert.ok(read.ok, JSON.stringify(read));
    assert.equal(read.value.facts, facts);
    assert.ok(Buffer.from(read.value.canonical).equals(tape.canonical));
    assert.ok(checkTape(read.value, authority.publicKey, 'tape.png').ok);
  });
}

test('a photograph is enough: turned, a little soft, noisy, grey, compressed', async () => {
  const tape = signed(sampleFacts('results'));
  const part = await codesPart(await printed(tape), tapeCodes(tape).length);
  const flat = await part.extend({ left: 60, right: 60, background: 'white' }).png().toBuffer();
  const photograph = await sharp(flat)
    .resize({ width: 1500 })
    .rotate(8, { background: '#b8b0a4' })
    .blur(1.5)
    .linear(0.6, 50)
    .jpeg({ quality: 70 })
    .toBuffer();
  const read = await readTapePictures([new Uint8Array(photograph)], 'photograph.jpg');
  assert.ok(read.ok, JSON.stringify(read));
  assert.equal(read.value.facts, tape.facts);
});

test('a tape photographed in two pieces is read as one, and a lost piece is named', async () => {
  const tape = signed(sampleFacts('results'));
  const whole = await printed(tape);
  const { height } = await sharp(whole).metadata();
  const cutAt = height - 1_500;
  const piece = async (top: number, rows: number): Promise<Uint8Array> =>
    new Uint8Array(await sharp(whole).extract({ left: 0, top, width: 640, height: rows }).png().toBuffer());
  const upper = await piece(0, cutAt);
  const lower = await piece(cutAt - 650, height - cutAt + 650);
  assert.ok((await readTapePictures([lower, upper], 'photographs')).ok);
  const lost = await readTapePictures([upper], 'photographs');
  assert.match(lost.ok ? '' : `${lost.error.path} ${lost.error.reason}`, /code [23] of 3 is missing/);
});

test('codes of two tapes in one picture are found out', async () => {
  const pictures = await Promise.all(
    ['one', 'two'].map(async (seed) => printed(signed(sampleFacts('results', dutchess, seed)))),
  );
  const mixed = await readTapePictures(pictures, 'photographs');
  assert.match(mixed.ok ? '' : mixed.error.reason, /belongs to another tape/);
});

test('a picture without a code, and a file that is no picture, are said in words', async () => {
  const blank = await sharp({ create: { width: 300, height: 300, channels: 3, background: 'white' } })
    .png()
    .toBuffer();
  assert.equal(await readTapeCodes(new Uint8Array(blank), 'blank.png'), { ok: true, value: [] });
  const nothing = await readTapePictures([new Uint8Array(blank)], 'blank.png');
  assert.match(nothing.ok ? '' : nothing.error.reason, /shows no code of a tape/);
  const noise = await readTapeCodes(Uint8Array.of(1, 2, 3), 'noise.png');
  assert.is(noise.ok ? '' : noise.error.code, 'bad-picture');
});

test.run();
