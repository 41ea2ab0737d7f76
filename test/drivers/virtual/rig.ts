/** A virtual cabinet with its clock, its account of edges, and a program that waits for its own motor. */
import { readFileSync } from 'node:fs';
import type { CabinetFile, PathSection } from '../../../drivers/cabinet-file.js';
import { parseCabinetFile, shippedCabinetFile } from '../../../drivers/cabinet-file.js';
import type { FileStore, SensorName, TapePrinter } from '../../../drivers/ports.js';
import { VirtualCabinet, type PoweredCabinet } from '../../../drivers/virtual/cabinet.js';
import { VirtualClock } from '../../../drivers/virtual/clock.js';
import type { Sheet } from '../../../drivers/virtual/paper-path.js';
import { greyPage, type GreyPage } from '../../../ground/grey-page.js';
import { must, ok, type Result } from '../../../ground/result.js';

export const LETTER_MM = 279.4;
export const LONGEST_MM = 558.8;

export interface Edge {
  readonly atMs: number;
  readonly sensor: SensorName;
  readonly covered: boolean;
  /** Where the first sheet was, if there was one. */
  readonly leadingEdgeMm: number | undefined;
}

export interface Rig {
  readonly clock: VirtualClock;
  readonly cabinet: VirtualCabinet;
  readonly edges: Edge[];
  /** The drivers of the running program. */
  drivers: PoweredCabinet;
  /** At this edge the program stops the motor, in the same moment. */
  stopAt: { readonly sensor: SensorName; readonly covered: boolean } | undefined;
  /** Power off and on again; the edges go on in the same list. */
  restart(): void;
  /** `entry+ mouth-`: edges since the last call, in order. */
  edgeText(): string;
}

export const virtualFile: CabinetFile = must(
  valueOf(parseCabinetFile(readFileSync(shippedCabinetFile('virtual'), 'utf8'), 'virtual.json')),
  'the shipped cabinet is legal',
);

function valueOf<T>(result: Result<T, unknown>): T | undefined {
  return result.ok ? result.value : undefined;
}

export function withPath(changes: Partial<PathSection>): CabinetFile {
  return { ...virtualFile, path: { ...virtualFile.path, ...changes } };
}

const printer: TapePrinter = {
  print: () => Promise.resolve(ok(undefined)),
  status: () => Promise.resolve(ok('ready')),
};

/** A medium that keeps one byte sequence for every name; enough to see who can reach it. */
export function memoryStore(label: string): FileStore & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>();
  return {
    label,
    files,
    read: (name) => Promise.resolve(ok(files.get(name) ?? new Uint8Array())),
    write: (name, bytes) => {
      files.set(name, bytes);
      return Promise.resolve(ok(undefined));
    },
    append: (name, bytes) => {
      files.set(name, Uint8Array.of(...(files.get(name) ?? []), ...bytes));
      return Promise.resolve(ok(undefined));
    },
    openBlocks: (name, createBytes = 0) => {
      const bytes = files.get(name) ?? new Uint8Array(createBytes);
      files.set(name, bytes);
      return Promise.resolve(
        ok({
          sizeBytes: bytes.length,
          read: (at: number, length: number) => Promise.resolve(ok(bytes.slice(at, at + length))),
          write: (at: number, part: Uint8Array) => {
            bytes.set(part, at);
            return Promise.resolve(ok(undefined));
          },
          flush: () => Promise.resolve(ok(undefined)),
          close: () => Promise.resolve(),
        }),
      );
    },
    list: () => Promise.resolve(ok([...files.keys()])),
    remove: (name) => {
      files.delete(name);
      return Promise.resolve(ok(undefined));
    },
  };
}

export function makeRig(file: CabinetFile = virtualFile): Rig {
  const clock = new VirtualClock('2026-11-03T06:00:00');
  const internal = memoryStore('internal storage');
  const cabinet = new VirtualCabinet({ file, clock, printer, internal, protectiveCount: 41 });
  const edges: Edge[] = [];
  let reported = 0;
  const watch = (drivers: PoweredCabinet): PoweredCabinet => {
    drivers.sensors.onEdge((sensor, covered) => {
      edges.push({ atMs: clock.nowMs(), sensor, covered, leadingEdgeMm: cabinet.inPath()[0]?.leadingEdgeMm });
      if (rig.stopAt?.sensor === sensor && rig.stopAt.covered === covered) drivers.motor.stop();
    });
    return drivers;
  };
  const rig: Rig = {
    clock,
    cabinet,
    edges,
    stopAt: undefined,
    drivers: watch(cabinet.powerOn()),
    restart: () => {
      cabinet.cutPower();
      rig.drivers = watch(cabinet.powerOn());
    },
    edgeText: () => {
      const text = edges.slice(reported).map(({ sensor, covered }) => `${sensor}${covered ? '+' : '-'}`);
      reported = edges.length;
      return text.join(' ');
    },
  };
  return rig;
}

/** Runs the clock until the promise is settled; fails if time stands before. */
export async function run<T>(rig: Rig, promise: Promise<T>): Promise<T> {
  const state: { settled: boolean } = { settled: false };
  const done = promise.finally(() => (state.settled = true));
  for (let steps = 0; steps < 10_000; steps++) {
    await pendingCallbacks();
    if (state.settled) return done;
    if (!rig.clock.runNext()) throw new Error(`time stands still: ${rig.cabinet.describe()}`);
  }
  throw new Error('this never ends');
}

/** Lets so much time pass. */
export function passMs(rig: Rig, ms: number): Promise<void> {
  return run(rig, new Promise((resolve) => rig.clock.setTimer(rig.clock.nowMs() + ms, resolve)));
}

/** Lets everything run that waits for nothing but its turn. */
export function pendingCallbacks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

let sheets = 0;

/** A sheet whose rows tell their own number: one row a millimetre, grey = row modulo 251, second side the negative. */
export function sheetOf(lengthMm: number = LETTER_MM): Sheet {
  const rows = Math.round(lengthMm);
  const page = (grey: (row: number) => number): GreyPage =>
    greyPage(
      4,
      rows,
      25.4,
      Uint8Array.from({ length: rows * 4 }, (_, i) => grey(Math.floor(i / 4))),
    );
  sheets += 1;
  return {
    label: `sheet ${sheets}`,
    lengthMm,
    first: page((row) => row % 251),
    second: page((row) => 255 - (row % 251)),
  };
}

/** Draws the sheet at the mouth to the hold point as the machine does: to the entry sensor's clearing, and on. */
export async function drawToHold(rig: Rig): Promise<void> {
  const { longestSheetMm, entryToHoldMm } = rig.drivers.path;
  await moveUntil(rig, 'in', longestSheetMm, 'entry', false);
  await run(rig, rig.drivers.motor.move('in', entryToHoldMm));
}

/** From the hold point into the bin that the gate points to. */
export async function driveOut(rig: Rig): Promise<void> {
  await moveUntil(rig, 'in', rig.drivers.path.holdToExitMm, 'exit', true);
  await run(rig, rig.drivers.motor.move('in', rig.drivers.path.exitClearMm));
}

/** Moves until a sensor says so, at most the distance; the answer tells which. */
export async function moveUntil(
  rig: Rig,
  direction: 'in' | 'out',
  distanceMm: number,
  sensor: SensorName,
  covered: boolean,
): Promise<'seen' | 'not seen'> {
  rig.stopAt = { sensor, covered };
  const end = await run(rig, rig.drivers.motor.move(direction, distanceMm));
  rig.stopAt = undefined;
  if (!end.ok) throw new Error(end.error.reason);
  return end.value.end === 'stopped' ? 'seen' : 'not seen';
}

/** The labels of what lies where. */
export function labels(sheets: readonly Sheet[]): string {
  return sheets.map(({ label }) => label).join(', ');
}
