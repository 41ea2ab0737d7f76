import { createServer, type AddressInfo, type Server } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TapeJob } from '../../../drivers/ports.js';
import { openTapePrinter, type PrinterLimits } from '../../../drivers/tape-printer/escpos.js';
import { jobChunks } from '../../../drivers/tape-printer/job-bytes.js';
import { tcpPrinterLink, type PrinterLink } from '../../../drivers/tape-printer/link.js';
import { paperPng } from '../../../drivers/virtual/roll-png.js';
import { VirtualRoll, type PrinterTrouble } from '../../../drivers/virtual/roll.js';
import { tapeJob } from '../../../firmware/tapes/tape.js';
import { systemClock } from '../../../firmware/runtime/ports.js';
import { must, type Result } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { dutchess, sampleFacts, signed } from '../../firmware/tapes/sample-tapes.js';

const test = suite('tape printer');

const clock = systemClock();
const QUICK: PrinterLimits = { statusMs: 200, askAfterMs: 20, chunkMs: 300 };
const FIRST = { copy: 1, reprint: false };
const facts = sampleFacts('results', dutchess);
const job = tapeJob(signed(facts), FIRST);
/** The same of one district alone. */
const shortJob = tapeJob(signed({ ...facts, groups: facts.groups.slice(0, 1) }), FIRST);

function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.error.code;
}

/** A printer on a real socket of this computer; `chunkBytes` splits its answers and what it takes. */
async function onSocket(roll: VirtualRoll, use: (link: PrinterLink) => Promise<void>): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) =>
      roll.receive(new Uint8Array(chunk), (answer) => socket.write(answer)),
    );
  });
  await listening(server, async (port) => use(tcpPrinterLink('127.0.0.1', port, clock)));
}

async function listening(server: Server, use: (port: number) => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

test('the same tape printed over TCP and in process is the same picture', async () => {
  const near = new VirtualRoll();
  assert.ok((await openTapePrinter(near.link, clock).print(job)).ok);
  const far = new VirtualRoll();
  await onSocket(far, async (link) => {
    const printed = await openTapePrinter(link, clock).print(job);
    assert.ok(printed.ok, JSON.stringify(printed));
  });
  assert.equal(far.unknownCommands, []);
  assert.equal(
    far.pieces().map((piece) => piece.cut),
    [true],
  );
  const [a, b] = await Promise.all(
    [near, far].map((roll) => paperPng(must(roll.pieces()[0], 'a tape').page)),
  );
  assert.ok(Buffer.from(must(a, 'a picture')).equals(must(b, 'a picture')));
});

test('its status is ready, or that the paper is low', async () => {
  const roll = new VirtualRoll();
  const printer = openTapePrinter(roll.link, clock, QUICK);
  assert.equal(await printer.status(), { ok: true, value: 'ready' });
  roll.paperLow();
  assert.equal(await printer.status(), { ok: true, value: 'paper-low' });
  assert.ok((await printer.print(job)).ok);
});

const troubles: readonly [PrinterTrouble, string][] = [
  ['paper-out', 'paper-out'],
  ['cover-open', 'cover-open'],
  ['cutter-stuck', 'printer-failed'],
  ['unplugged', 'printer-failed'],
];

for (const [trouble, code] of troubles) {
  test(`${trouble} is reported as ${code}, before a tape and in the middle of one`, async () => {
    for (const afterDots of [0, 29, 4_000]) {
      const roll = new VirtualRoll();
      roll.failAfterDots(afterDots, trouble);
      const printer = openTapePrinter(roll.link, clock, QUICK);
      assert.is(codeOf(await printer.print(shortJob)), code, `after ${afterDots} dots`);
      assert.is(codeOf(await printer.status()), code, `after ${afterDots} dots`);
      assert.not.ok(roll.pieces().some((piece) => piece.cut));
    }
  });
}

test('after a new roll the tape is printed again from its start, and nothing of the dead job comes out', async () => {
  const whole = new VirtualRoll();
  assert.ok((await openTapePrinter(whole.link, clock).print(shortJob)).ok);
  const roll = new VirtualRoll();
  const printer = openTapePrinter(roll.link, clock, QUICK);
  roll.failAfterDots(5_000, 'paper-out');
  assert.is(codeOf(await printer.print(shortJob)), 'paper-out');
  roll.refill();
  assert.is(roll.pieces().length, 1);
  assert.ok((await printer.print(shortJob)).ok);
  const [torn, tape] = roll.pieces();
  assert.equal([torn?.page.heightPx, torn?.cut], [5_000, false]);
  assert.is(tape?.cut, true);
  const wanted = must(whole.pieces()[0], 'a tape').page.data;
  assert.ok(Buffer.from(must(tape, 'a tape').page.data).equals(wanted));
});

test('whatever fails and wherever, a repaired printer ends with one whole tape, and no other piece is whole', async () => {
  const whole = new VirtualRoll();
  assert.ok((await openTapePrinter(whole.link, clock).print(shortJob)).ok);
  const wanted = must(whole.pieces()[0], 'a tape').page;
  for (let i = 0; i < 4; i++) {
    const seed = `failures ${i}`;
    const random = seededRandom(seed);
    const roll = new VirtualRoll();
    const printer = openTapePrinter(roll.link, clock, QUICK);
    let wholeTapes = 0;
    for (let failures = random.integer(1, 4); failures > 0; failures--) {
      roll.failAfterDots(random.integer(0, wanted.heightPx - 1), random.pick(troubles)[0]);
      assert.not.ok((await printer.print(shortJob)).ok, seed);
      roll.setCover(false);
      roll.repair();
      roll.refill();
    }
    assert.ok((await printer.print(shortJob)).ok, seed);
    for (const { page, cut } of roll.pieces()) {
      if (!cut) assert.ok(page.heightPx < wanted.heightPx, seed);
      else if (Buffer.from(page.data).equals(wanted.data)) wholeTapes++;
    }
    assert.is(wholeTapes, 1, seed);
    assert.is(roll.pieces().at(-1)?.cut, true, seed);
  }
});

test('a printer that takes everything and never answers has not printed', async () => {
  const server = createServer((socket) => socket.on('data', () => undefined).on('error', () => undefined));
  await listening(server, async (port) => {
    const printer = openTapePrinter(tcpPrinterLink('127.0.0.1', port, clock), clock, QUICK);
    const printed = await printer.print(job);
    assert.is(codeOf(printed), 'printer-failed');
    assert.match(must(printed.ok ? undefined : printed.error, 'failed').reason, /does not answer/);
  });
});

test('a printer that is well and gets no further has failed', async () => {
  const roll = new VirtualRoll();
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      // It answers about its health and works nothing off.
      if (chunk[0] === 0x10) roll.receive(new Uint8Array(chunk), (answer) => socket.write(answer));
    });
  });
  await listening(server, async (port) => {
    const printer = openTapePrinter(tcpPrinterLink('127.0.0.1', port, clock), clock, QUICK);
    const printed = await printer.print(job);
    assert.is(codeOf(printed), 'printer-failed');
    assert.match(must(printed.ok ? undefined : printed.error, 'failed').reason, /stopped in the middle/);
  });
});

test('a connection that breaks off and a printer that is not there are failures with a sentence', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.destroy();
  });
  let closedPort = 0;
  await listening(server, async (port) => {
    closedPort = port;
    const broken = await openTapePrinter(tcpPrinterLink('127.0.0.1', port, clock), clock, QUICK).print(job);
    assert.is(codeOf(broken), 'printer-failed');
  });
  const absent = await openTapePrinter(tcpPrinterLink('127.0.0.1', closedPort, clock), clock, QUICK).status();
  const problem = must(absent.ok ? undefined : absent.error, 'no printer');
  assert.is(problem.code, 'printer-failed');
  assert.match(problem.reason, /cannot be reached: .*ECONNREFUSED/);
});

test('two tapes asked for at once are printed one after the other', async () => {
  const roll = new VirtualRoll();
  const printer = openTapePrinter(roll.link, clock, QUICK);
  const [one, two, status] = await Promise.all([
    printer.print(shortJob),
    printer.print(shortJob),
    printer.status(),
  ]);
  assert.ok(one.ok && two.ok && status.ok);
  const [first, second] = roll.pieces();
  assert.ok(Buffer.from(must(first, 'a tape').page.data).equals(must(second, 'a tape').page.data));
});

test('a character that the printer lacks is named, and nothing is printed', async () => {
  const roll = new VirtualRoll();
  const printer = openTapePrinter(roll.link, clock, QUICK);
  for (const text of ['Łukasz', '投票', 'tab\tstop', 'line\nbreak', '\u001b@']) {
    const printed = await printer.print({
      elements: [
        { kind: 'line', text: 'good' },
        { kind: 'line', text },
      ],
    });
    assert.is(codeOf(printed), 'not-printable', text);
    assert.match(must(printed.ok ? undefined : printed.error, 'named').path, /elements\[1\]/);
  }
  const tooLong = await printer.print({ elements: [{ kind: 'line', text: 'x'.repeat(25), wide: true }] });
  assert.is(codeOf(tooLong), 'line-too-long');
  const tooMuch = await printer.print({
    elements: [{ kind: 'qr', text: 'A'.repeat(3000), caption: 'Code' }],
  });
  assert.is(codeOf(tooMuch), 'not-printable');
  assert.equal(roll.pieces(), []);
});

test('accents print whether they come composed or not', async () => {
  const [composed, apart] = ['NFC', 'NFD'].map((form) => {
    const text = 'ñ á é í ó ú ü ¿ ¡ “Sí” – ’'.normalize(form);
    const printable: TapeJob = { elements: [{ kind: 'line', text }, { kind: 'cut' }] };
    return printable;
  });
  const pictures: Uint8Array[] = [];
  for (const one of [composed, apart]) {
    const roll = new VirtualRoll();
    assert.ok((await openTapePrinter(roll.link, clock).print(must(one, 'a job'))).ok);
    assert.equal(roll.unknownCommands, []);
    pictures.push(must(roll.pieces()[0], 'a tape').page.data);
  }
  assert.ok(Buffer.from(must(pictures[0], 'one')).equals(must(pictures[1], 'two')));
});

test('the bytes of a tape never hold a command that a printer would obey at once', () => {
  const chunks = jobChunks(job, 'tape');
  assert.ok(chunks.ok);
  const bytes = Buffer.concat(chunks.value);
  for (let at = bytes.indexOf(0x10); at >= 0; at = bytes.indexOf(0x10, at + 1)) {
    assert.not.ok([0x04, 0x05, 0x14].includes(bytes[at + 1] ?? 0), `DLE at byte ${at}`);
  }
});

test.run();
