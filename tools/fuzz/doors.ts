/**
 * Every door at which a file, a card, a code or a wire comes into this software from outside: its parser, called as
 * the software calls it. A door may refuse as it likes, in words; it may not throw.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromUtf8, toHex, utf8 } from '../../ground/bytes.js';
import { ok } from '../../ground/result.js';
import { decodeBallotCode } from '../../election-def/ballot-code.js';
import { layOutElection, layoutsFile, readLayouts } from '../../election-def/layout.js';
import { readDefinition } from '../../election-def/load.js';
import { readCabinetFile } from '../../drivers/cabinet-file.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import { openTapePrinter } from '../../drivers/tape-printer/escpos.js';
import { VirtualClock } from '../../drivers/virtual/clock.js';
import { readLog, verifyLog } from '../../firmware/audit-log/verify.js';
import { decodeHeader } from '../../firmware/ballot-box/format.js';
import { readAnchor } from '../../firmware/device-state/anchor.js';
import { readIdentity } from '../../firmware/device-state/identity.js';
import { readLoadedElection } from '../../firmware/device-state/loaded-election.js';
import { openPasscodeTries } from '../../firmware/device-state/passcode-tries.js';
import { readRecord } from '../../firmware/records/read-record.js';
import { nextTurn } from '../../firmware/runtime/ports.js';
import { decodeTape } from '../../firmware/tapes/canonical.js';
import { openCodes } from '../../firmware/tapes/codes.js';
import { openTape } from '../../firmware/tapes/read-tape.js';
import { verifyTapeText } from '../../firmware/tapes/tape-text.js';
import { openAuthority, readAuthorityPublicKeys } from '../../firmware/trust/authority.js';
import { openElectionPackage } from '../../firmware/trust/election-package.js';
import { ed25519Signer } from '../../firmware/trust/keys.js';
import { listingOf, openSecurityKey } from '../../firmware/trust/security-key.js';
import { sha256 } from '../../firmware/trust/symmetric.js';
import { parseOvalsFile } from '../../vision/foreign/template-file.js';
import { valueOf } from '../bench/office.js';
import { readImageFile } from '../image-files.js';
import { runProgram } from '../tallystick/main.js';
import { readTapeCodes } from '../tape-image.js';
import { checkExport } from '../verify/check-export.js';
import { recognise } from '../verify/recognise.js';

export interface Door {
  readonly name: string;
  readonly takes: 'json' | 'bytes';
  /** Resolves whatever it says about the input. */
  enter(input: Input): Promise<unknown>;
}

export interface Input {
  /** The input as a file. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** A folder for this door's own use. */
  readonly folder: string;
}

/** Signs what has to be signed so that a parser behind a signature is reached: known to everybody, worth nothing. */
export const fuzzSigner = ed25519Signer(new Uint8Array(32).fill(70));
const NOBODY = new Uint8Array(32);
const SAMPLE = fileURLToPath(new URL('../../../election-def/samples/dutchess-ny.json', import.meta.url));
const QUIET = { show: () => undefined, clear: () => undefined };

export const sample = valueOf(readDefinition(new Uint8Array(readFileSync(SAMPLE)), 'dutchess-ny.json'));
const sampleLayouts = valueOf(layOutElection(sample));
export const layoutsSeed = layoutsFile(sample, sampleLayouts.slice(0, 1));

export const doors: readonly Door[] = [
  {
    name: 'definition',
    takes: 'json',
    enter: ({ bytes }) => {
      const read = readDefinition(bytes, 'input');
      return Promise.resolve(read.ok ? layOutElection(read.value) : read);
    },
  },
  {
    name: 'layouts',
    takes: 'json',
    enter: ({ bytes }) => Promise.resolve(readLayouts(bytes, 'input', sample)),
  },
  { name: 'package', takes: 'json', enter: (input) => openElectionPackage(signed(input, 'package'), NOBODY) },
  {
    name: 'export',
    takes: 'json',
    enter: (input) => checkExport(signed(input, 'export'), 'input', NOBODY, QUIET),
  },
  { name: 'record', takes: 'json', enter: ({ bytes }) => Promise.resolve(readRecord(bytes, 'input')) },
  { name: 'cabinet-file', takes: 'json', enter: ({ path }) => readCabinetFile(path) },
  {
    name: 'ovals-file',
    takes: 'json',
    enter: ({ bytes }) => {
      const text = fromUtf8(bytes, 'input');
      return Promise.resolve(text.ok ? parseOvalsFile(text.value, 'input') : text);
    },
  },
  {
    name: 'authority-key',
    takes: 'json',
    enter: async ({ bytes }) => [
      readAuthorityPublicKeys(bytes, 'input'),
      await openAuthority(bytes, 'a bench has nothing to hide'),
    ],
  },
  {
    name: 'security-key',
    takes: 'bytes',
    enter: async ({ bytes }) => [listingOf(bytes), await openSecurityKey(bytes, '48291637')],
  },
  { name: 'card-header', takes: 'bytes', enter: boxHeader },
  {
    name: 'log',
    takes: 'bytes',
    enter: ({ bytes }) => Promise.resolve([readLog(bytes, 'input'), verifyLog(bytes, NOBODY, 'input')]),
  },
  {
    name: 'tape-text',
    takes: 'bytes',
    enter: ({ bytes }) => {
      const text = fromUtf8(bytes, 'input');
      return Promise.resolve(text.ok ? verifyTapeText(text.value, NOBODY, 'input') : text);
    },
  },
  {
    name: 'tape-codes',
    takes: 'bytes',
    enter: ({ bytes }) => {
      const codes = Buffer.from(bytes).toString('latin1').split('\n');
      return Promise.resolve([openTape(codes, 'input'), openCodes(codes, 'input')]);
    },
  },
  { name: 'tape-facts', takes: 'bytes', enter: ({ bytes }) => Promise.resolve(decodeTape(bytes)) },
  { name: 'device-state', takes: 'json', enter: deviceState },
  {
    name: 'image',
    takes: 'bytes',
    enter: async ({ path, bytes }) => [await readImageFile(path), await readTapeCodes(bytes, 'input')],
  },
  { name: 'printer-status', takes: 'bytes', enter: ({ bytes }) => printerStatus(bytes) },
  {
    name: 'ballot-code',
    takes: 'bytes',
    enter: ({ bytes }) => Promise.resolve(decodeBallotCode([...bytes].map((byte) => (byte & 1) === 1))),
  },
  {
    name: 'verify',
    takes: 'bytes',
    enter: async ({ path }) => {
      const known = await recognise(path);
      const status = await runProgram(['verify', path], QUIET_OUTPUT);
      if (status === EXIT_SOFTWARE) throw new Error('tallystick verify says that it is wrong itself');
      return [known, status];
    },
  },
];

const EXIT_SOFTWARE = 70;
const QUIET_OUTPUT = { out: () => undefined, err: () => undefined, debug: false };

/** A folder whose manifest is the input, signed as it stands when it names the fuzzer's key. */
function signed({ bytes, folder }: Input, kind: 'package' | 'export'): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'manifest.json'), bytes);
  writeFileSync(join(folder, 'manifest.sig'), fuzzSigner.sign(kind, bytes));
  writeFileSync(join(folder, 'definition.json'), sample.bytes);
  writeFileSync(join(folder, 'layouts.json'), layoutsSeed);
  return folder;
}

/** By itself, and on a card before `tallystick box check`. */
async function boxHeader({ bytes, folder }: Input): Promise<unknown> {
  mkdirSync(folder, { recursive: true });
  const box = new Uint8Array(24_576 + 4 * (4096 + 8192));
  box.set(bytes.subarray(0, box.length));
  writeFileSync(join(folder, 'ballots.box'), box);
  const status = await runProgram(['box', 'check', folder, '--device-key', toHex(NOBODY)], QUIET_OUTPUT);
  if (status === EXIT_SOFTWARE) throw new Error('tallystick box check says that it is wrong itself');
  return decodeHeader(box.subarray(0, 8192), 'input');
}

const STATE_FILES = ['anchor', 'device-identity', 'loaded-election', 'passcode-tries'] as const;

/** Every file of the device's memory with this content: as it is, and with its form and digest made right. */
async function deviceState({ bytes, folder }: Input): Promise<unknown> {
  mkdirSync(folder, { recursive: true });
  const store = folderStore(folder, 'internal storage');
  const put = (contentOf: (name: string) => Uint8Array): void => {
    for (const name of STATE_FILES) writeFileSync(join(folder, name), contentOf(name));
  };
  const read = async (): Promise<readonly unknown[]> => [
    await readAnchor(store, NOBODY),
    await readIdentity(store, 'TS-0001'),
    await readLoadedElection(store),
    await openPasscodeTries(store, 0),
  ];
  put(() => bytes);
  const raw = await read();
  put((name) => {
    const text = `tallystick-${name}/1\n${Buffer.from(bytes).toString('utf8').replaceAll('\n', ' ')}\n`;
    return utf8(`${text}${toHex(sha256(utf8(text)))}\n`);
  });
  return [raw, await read()];
}

/** A printer that answers these bytes, piece by piece, to whatever it is asked. */
async function printerStatus(bytes: Uint8Array): Promise<unknown> {
  const clock = new VirtualClock('2026-11-03T06:00:00');
  let at = 0;
  let listener: (bytes: Uint8Array) => void = () => undefined;
  const printer = openTapePrinter(
    {
      label: 'tape printer',
      connect: () =>
        Promise.resolve(
          ok({
            write: () => {
              const piece = bytes.subarray(at, at + 1 + (at % 5));
              at += piece.length;
              if (piece.length > 0) listener(piece);
              return Promise.resolve(ok(undefined));
            },
            onBytes: (heard) => (listener = heard),
            close: () => undefined,
          }),
        ),
    },
    clock,
  );
  const done = { status: false };
  const isDone = (): boolean => done.status;
  const job = { elements: [{ kind: 'line' as const, text: 'RESULTS TAPE' }, { kind: 'cut' as const }] };
  const work = Promise.all([printer.status(), printer.print(job)]).finally(() => (done.status = true));
  for (let steps = 0; steps < 2000 && !isDone(); steps++) {
    await nextTurn();
    if (!isDone() && clock.nextDueMs() !== undefined) clock.runNext();
  }
  if (!isDone()) throw new Error('the printer driver waits for ever');
  return work;
}
