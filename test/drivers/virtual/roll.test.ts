import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { characterOfByte } from '../../../drivers/tape-printer/code-page.js';
import { glyphOf, GLYPH_HEIGHT, GLYPH_WIDTH } from '../../../drivers/virtual/roll-font.js';
import { VirtualRoll } from '../../../drivers/virtual/roll.js';
import { concat, utf8 } from '../../../ground/bytes.js';
import type { GreyPage } from '../../../ground/grey-page.js';
import { must } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';

const test = suite('virtual tape printer');

const ESC = 0x1b;
const GS = 0x1d;
const CUT = [GS, 0x56, 0];

/** Sends bytes and gives what the printer answered. */
function send(roll: VirtualRoll, ...parts: readonly (string | readonly number[])[]): readonly number[] {
  const answers: number[] = [];
  const bytes = concat(
    ...parts.map((part) => (typeof part === 'string' ? utf8(part) : Uint8Array.from(part))),
  );
  roll.receive(bytes, (answer) => answers.push(...answer));
  return answers;
}

function paper(roll: VirtualRoll, piece = 0): GreyPage {
  return must(roll.pieces()[piece], 'a piece of paper').page;
}

/** Left, right, top and bottom of all ink, in dots. */
function inkBounds(page: GreyPage): { left: number; right: number; top: number; bottom: number } {
  const bounds = { left: Infinity, right: -1, top: Infinity, bottom: -1 };
  page.data.forEach((grey, i) => {
    if (grey !== 0) return;
    const [x, y] = [i % page.widthPx, Math.floor(i / page.widthPx)];
    bounds.left = Math.min(bounds.left, x);
    bounds.right = Math.max(bounds.right, x);
    bounds.top = Math.min(bounds.top, y);
    bounds.bottom = Math.max(bounds.bottom, y);
  });
  return bounds;
}

test('every character of the code page can be printed, and no two letters look alike, in both weights', () => {
  for (const bold of [false, true]) {
    const seen = new Map<string, string>();
    for (let byte = 0x21; byte <= 0xff; byte++) {
      const character = characterOfByte(byte);
      if (character === undefined) continue;
      const glyph = must(glyphOf(character, bold), `no glyph for ${character}`);
      assert.is(glyph.length, GLYPH_WIDTH * GLYPH_HEIGHT);
      const dots = glyph.join('');
      if (byte === 0xa0) continue;
      assert.ok(dots.includes('1'), `${character} has no ink`);
      // Some signs look alike (a comma and a low quotation mark); letters and digits may not.
      if (!/[\p{L}\p{N}]/u.test(character)) continue;
      assert.not.ok(seen.has(dots), `${character} looks as ${seen.get(dots) ?? ''} does`);
      seen.set(dots, character);
    }
  }
});

test('48 characters fill a line and the next one begins another', () => {
  const roll = new VirtualRoll();
  send(roll, 'M'.repeat(49), [0x0a], CUT);
  const page = paper(roll);
  assert.is(page.widthPx, 576);
  assert.is(page.heightPx, 60);
  assert.ok(inkBounds(page).right >= 574);
});

test('wide text is twice as wide and twice as high, on the same foot', () => {
  const [plain, wide] = [new VirtualRoll(), new VirtualRoll()];
  send(plain, 'H', [0x0a]);
  send(wide, [ESC, 0x21, 0x30], 'H', [0x0a]);
  const small = inkBounds(paper(plain));
  const large = inkBounds(paper(wide));
  assert.is(large.right - large.left + 1, 2 * (small.right - small.left + 1));
  assert.is(large.bottom - large.top + 1, 2 * (small.bottom - small.top + 1));
  assert.is(paper(wide).heightPx, 48);
});

test('a centred line has the same space left and right', () => {
  const roll = new VirtualRoll();
  send(roll, [ESC, 0x61, 1], 'HHHH', [0x0a]);
  const { left, right } = inkBounds(paper(roll));
  assert.ok(Math.abs(left - (575 - right)) <= 1, `${left} ${right}`);
});

test('a picture is printed dot by dot', () => {
  const roll = new VirtualRoll();
  send(roll, [GS, 0x76, 0x30, 0, 2, 0, 3, 0], [0x80, 0x01, 0x00, 0x00, 0xff, 0xff]);
  const page = paper(roll);
  const black = [...page.data.keys()].filter((i) => page.data[i] === 0);
  assert.is(page.heightPx, 3);
  assert.equal(black, [0, 15, ...Array.from({ length: 16 }, (_, x) => 2 * 576 + x)]);
});

test('bytes may arrive in any pieces', () => {
  const job = concat(
    Uint8Array.of(ESC, 0x40, ESC, 0x74, 16, ESC, 0x33, 30, ESC, 0x45, 1),
    utf8('Ballots ..... 12\n'),
    Uint8Array.of(GS, 0x76, 0x30, 0, 1, 0, 2, 0, 0xf0, 0x0f, ESC, 0x64, 2, 0x10, 4, 1, GS, 0x56, 0),
  );
  const whole = new VirtualRoll();
  whole.receive(job, () => undefined);
  for (let i = 0; i < 20; i++) {
    const random = seededRandom(`pieces ${i}`);
    const roll = new VirtualRoll();
    const answers: number[] = [];
    for (let at = 0; at < job.length;) {
      const end = at + random.integer(1, 5);
      roll.receive(job.subarray(at, end), (answer) => answers.push(...answer));
      at = end;
    }
    assert.equal(paper(roll).data, paper(whole).data, `pieces ${i}`);
    assert.equal(answers, [0x12], `pieces ${i}`);
  }
});

test('real-time status says what is wrong, whatever waits to be printed', () => {
  const roll = new VirtualRoll();
  const status = (n: number): number => must(send(roll, [0x10, 4, n])[0], 'an answer');
  assert.equal([1, 2, 3, 4].map(status), [0x12, 0x12, 0x12, 0x12]);
  roll.paperLow();
  assert.is(status(4), 0x1e);
  roll.paperOut();
  assert.equal([1, 2, 4].map(status), [0x1a, 0x32, 0x7e]);
  roll.refill();
  roll.setCover(true);
  assert.equal([1, 2, 4].map(status), [0x1a, 0x16, 0x12]);
  roll.setCover(false);
  roll.failAfterDots(0, 'cutter-stuck');
  assert.equal([1, 2, 3].map(status), [0x1a, 0x52, 0x1a]);
});

test('a status asked in line is answered only when what stands before it is printed', () => {
  const roll = new VirtualRoll();
  roll.setCover(true);
  const answers: number[] = [];
  roll.receive(concat(utf8('text\n'), Uint8Array.of(GS, 0x72, 1)), (answer) => answers.push(...answer));
  assert.equal(answers, []);
  assert.equal(roll.pieces(), []);
  roll.setCover(false);
  assert.equal(answers, [0x00]);
  assert.is(paper(roll).heightPx, 30);
});

test('when the paper runs out printing stops on that dot; a new roll begins a new piece', () => {
  const roll = new VirtualRoll();
  roll.failAfterDots(100, 'paper-out');
  send(roll, 'line\n'.repeat(10), CUT);
  assert.is(paper(roll).heightPx, 100);
  send(roll, [0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8]);
  roll.refill();
  send(roll, 'again\n', CUT);
  assert.equal(
    roll.pieces().map(({ page, cut }) => [page.heightPx, cut]),
    [
      [100, false],
      [30, true],
    ],
  );
});

test('a command or a character that it does not know is remembered and not printed as something else', () => {
  const roll = new VirtualRoll();
  send(roll, [GS, 0x28], [ESC, 0x74, 2], [0x80, 0x0a]);
  assert.equal(roll.unknownCommands, ['1d 28', '80']);
});

test.run();
