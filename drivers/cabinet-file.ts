/**
 * A cabinet is a file: where everything stands along the paper path, in millimetres from the mouth sensor, and which
 * driver serves each device. The same firmware runs in any cabinet whose file passes this check; a file that does not
 * is refused at the door with a sentence that names the key. `docs/formats/cabinet-file.md`.
 *
 * The geometry rules keep one promise of the sheet's journey: wherever the motor may stop, some sensor is covered and
 * some roller holds the sheet, until the leading edge has covered the exit sensor and the ballot may be counted.
 */
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { fromUtf8 } from '../ground/bytes.js';
import { err, ok, problem, type Problem, type Result } from '../ground/result.js';
import type { PathGeometry } from './ports.js';

/** Every bound derived below goes this far beyond the exact distance, so that an edge at its end is not missed. */
const BOUND_MARGIN_MM = 10;
/** A cabinet file is a page of text. */
const MAX_FILE_BYTES = 65_536;

const positionMm = z.number().min(0).max(5_000);
const lengthMm = z.number().positive().max(5_000);
const durationMs = z.number().int().positive().max(60_000);
/** A driver's name; a new driver is one file under `drivers/` and a name here. */
const driver = z.enum(['virtual']);
const plainDevice = z.strictObject({ driver });

const cabinetFileSchema = z.strictObject({
  format: z.literal('tallystick-cabinet-1'),
  serialNumber: z.string().regex(/^[A-Z0-9-]{3,24}$/, 'must be 3 to 24 capital letters, digits or hyphens'),
  path: z.strictObject({
    mouthSensorMm: z.literal(0, 'must be 0: every position is measured from the mouth sensor'),
    entrySensorMm: positionMm,
    multiSheetSensorMm: positionMm,
    scanHeadMm: positionMm,
    holdBeyondHeadMm: lengthMm,
    pathSensorsMm: z.array(positionMm).min(1).max(16),
    exitSensorMm: positionMm,
    rollersMm: z.array(positionMm).min(2).max(32),
    shortestSheetMm: lengthMm,
    longestSheetMm: lengthMm,
  }),
  devices: z.strictObject({
    motor: z.strictObject({ driver, feedMmPerS: z.number().min(10).max(2_000), longestMoveMm: lengthMm }),
    gate: z.strictObject({ driver, turnMs: durationMs, confirmWithinMs: durationMs }),
    sensors: plainDevice,
    scanHead: plainDevice,
    keyReader: plainDevice,
    beeper: plainDevice,
    printer: plainDevice,
    counter: z.strictObject({ driver, writeMs: durationMs }),
    cardA: plainDevice,
    cardB: plainDevice,
    exportPort: plainDevice,
    internal: plainDevice,
  }),
});

export type CabinetFile = z.infer<typeof cabinetFileSchema>;
export type PathSection = CabinetFile['path'];

/** Reads and checks a cabinet file; every problem at once. */
export async function readCabinetFile(fileName: string): Promise<Result<CabinetFile, readonly Problem[]>> {
  const unreadable = (reason: string) => err([problem('cabinet-file-unreadable', fileName, '', reason)]);
  try {
    const file = await open(fileName, 'r');
    try {
      const buffer = new Uint8Array(MAX_FILE_BYTES + 1);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      if (bytesRead > MAX_FILE_BYTES) return unreadable(`is larger than ${MAX_FILE_BYTES} bytes`);
      const text = fromUtf8(buffer.subarray(0, bytesRead), fileName);
      return text.ok ? parseCabinetFile(text.value, fileName) : err([text.error]);
    } finally {
      await file.close();
    }
  } catch (cause) {
    return unreadable(`cannot be read (${cause instanceof Error ? cause.message : String(cause)})`);
  }
}

/** Where a cabinet file of this repository stands, from the sources and from `dist/` alike. */
export function shippedCabinetFile(name: 'virtual'): string {
  const beside = fileURLToPath(new URL(`./cabinets/${name}.json`, import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL(`../../drivers/cabinets/${name}.json`, import.meta.url));
}

export function parseCabinetFile(text: string, where: string): Result<CabinetFile, readonly Problem[]> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return err([problem('cabinet-file-not-json', where, '', 'is not JSON')]);
  }
  const parsed = cabinetFileSchema.safeParse(json);
  if (!parsed.success) {
    return err(
      parsed.error.issues.map((issue) =>
        problem('cabinet-file-invalid', where, keyPath(issue.path), issue.message),
      ),
    );
  }
  const problems = checkGeometry(parsed.data, where);
  return problems.length > 0 ? err(problems) : ok(parsed.data);
}

function keyPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

/** The distances that the machine drives by. */
export function pathGeometry(path: PathSection): PathGeometry {
  const holdTrailingMm = path.scanHeadMm + path.holdBeyondHeadMm;
  const lastRollerMm = Math.max(...path.rollersMm);
  return {
    entryToHoldMm: holdTrailingMm - path.entrySensorMm,
    shortestSheetMm: path.shortestSheetMm,
    longestSheetMm: path.longestSheetMm,
    holdToExitMm: path.exitSensorMm - (holdTrailingMm + path.shortestSheetMm) + BOUND_MARGIN_MM,
    exitClearMm: path.longestSheetMm + (lastRollerMm - path.exitSensorMm) + BOUND_MARGIN_MM,
    returnMm: path.exitSensorMm + path.longestSheetMm - path.entrySensorMm + BOUND_MARGIN_MM,
  };
}

/** Every way in which this geometry could lose a sheet, each with the key to change. */
export function checkGeometry(file: CabinetFile, where: string): readonly Problem[] {
  const { path } = file;
  const problems: Problem[] = [];
  const refuseIf = (wrong: boolean, key: string, reason: string): void => {
    if (wrong) problems.push(problem('cabinet-geometry', where, key, reason));
  };
  const shortest = path.shortestSheetMm;

  refuseIf(path.entrySensorMm <= 0, 'path.entrySensorMm', 'must lie behind the mouth sensor');
  refuseIf(path.scanHeadMm <= path.entrySensorMm, 'path.scanHeadMm', 'must lie behind the entry sensor');
  refuseIf(
    path.multiSheetSensorMm <= 0 || path.multiSheetSensorMm > path.scanHeadMm,
    'path.multiSheetSensorMm',
    'must lie between the mouth sensor and the scan head, so that two sheets are found before they are held',
  );
  refuseIf(
    !ascending([path.scanHeadMm, ...path.pathSensorsMm, path.exitSensorMm]),
    'path.pathSensorsMm',
    'must rise from the scan head to the exit sensor',
  );
  refuseIf(!ascending(path.rollersMm), 'path.rollersMm', 'must rise');
  refuseIf(shortest > path.longestSheetMm, 'path.shortestSheetMm', 'is longer than path.longestSheetMm');
  if (problems.length > 0) return problems;

  for (const [from, to, key] of sensorGaps(path)) {
    refuseIf(
      to - from >= shortest,
      key,
      `leaves ${mm(to - from)} without a sensor from ${mm(from)} to ${mm(to)}: ` +
        `the shortest sheet (${mm(shortest)}) could rest there unseen`,
    );
  }
  for (const reason of gripProblems(path)) refuseIf(true, 'path.rollersMm', reason);
  const holdLeadingMm = path.scanHeadMm + path.holdBeyondHeadMm + path.longestSheetMm;
  refuseIf(
    holdLeadingMm >= path.exitSensorMm,
    'path.exitSensorMm',
    `lies at ${mm(path.exitSensorMm)}, but the longest sheet at the hold point reaches to ${mm(holdLeadingMm)}: ` +
      'it would cover the exit sensor before it is decided on',
  );
  return [...problems, ...motorAndGateProblems(file, where)];
}

/** Neighbouring sensors along the path, with the key by which the gap between them can be closed. */
function sensorGaps(path: PathSection): readonly (readonly [number, number, string])[] {
  const keyed: readonly (readonly [number, string])[] = [
    [path.mouthSensorMm, 'path.mouthSensorMm'],
    [path.entrySensorMm, 'path.entrySensorMm'],
    ...path.pathSensorsMm.map((at, i) => [at, `path.pathSensorsMm[${i}]`] as const),
    [path.exitSensorMm, 'path.exitSensorMm'],
  ];
  return keyed.slice(1).map(([at, key], i) => [keyed[i]?.[0] ?? 0, at, key] as const);
}

/** From the hand at the mouth to the fall into the bin some roller holds the sheet. */
function gripProblems(path: PathSection): readonly string[] {
  const { rollersMm: rollers, shortestSheetMm: shortest, exitSensorMm: exit } = path;
  const reasons: string[] = [];
  const first = rollers[0] ?? 0;
  if (first <= 0 || first >= path.entrySensorMm) {
    reasons.push(
      `puts the first roller at ${mm(first)}: it must lie between the mouth sensor and the entry sensor, ` +
        'to take the sheet from the hand and to give it back',
    );
  }
  rollers.forEach((to, i) => {
    const from = rollers[i - 1];
    if (from === undefined || to - from < shortest) return;
    reasons.push(
      `leaves ${mm(to - from)} without a roller from ${mm(from)} to ${mm(to)}: ` +
        `the shortest sheet (${mm(shortest)}) would lie there ungripped`,
    );
  });
  if (!rollers.some((at) => at > exit - shortest && at < exit)) {
    reasons.push(
      `has no roller from ${mm(exit - shortest)} to ${mm(exit)}: ` +
        'the shortest sheet would leave the grip before its leading edge has covered the exit sensor',
    );
  }
  if ((rollers.at(-1) ?? 0) <= exit) {
    reasons.push(
      'has no roller behind the exit sensor: a cast sheet would lie across the sensor and not fall into the box',
    );
  }
  return reasons;
}

function motorAndGateProblems(file: CabinetFile, where: string): readonly Problem[] {
  const { motor, gate } = file.devices;
  const geometry = pathGeometry(file.path);
  const longestNeededMm = Math.max(geometry.returnMm, geometry.exitClearMm, geometry.holdToExitMm);
  const problems: Problem[] = [];
  if (motor.longestMoveMm < longestNeededMm) {
    const reason = `is ${mm(motor.longestMoveMm)}, but giving back the longest sheet may need ${mm(longestNeededMm)}`;
    problems.push(problem('cabinet-geometry', where, 'devices.motor.longestMoveMm', reason));
  }
  if (gate.confirmWithinMs <= gate.turnMs) {
    const reason = 'must be longer than devices.gate.turnMs, or the gate could never confirm in time';
    problems.push(problem('cabinet-geometry', where, 'devices.gate.confirmWithinMs', reason));
  }
  return problems;
}

function ascending(positions: readonly number[]): boolean {
  return positions.every((at, i) => i === 0 || at > (positions[i - 1] ?? at));
}

function mm(length: number): string {
  return `${Number(length.toFixed(1))} mm`;
}
