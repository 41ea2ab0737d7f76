import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  checkGeometry,
  parseCabinetFile,
  pathGeometry,
  readCabinetFile,
  shippedCabinetFile,
  type PathSection,
} from '../../drivers/cabinet-file.js';
import { describeProblem } from '../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { LETTER_MM, LONGEST_MM, virtualFile, withPath } from './virtual/rig.js';

const test = suite('cabinet file');

/** `key: reason` of everything that is wrong with a path like the virtual cabinet's, but for these changes. */
function wrongWith(changes: Partial<PathSection>): string[] {
  return checkGeometry(withPath(changes), 'test.json').map(({ path, reason }) => `${path} ${reason}`);
}

function only(found: readonly string[], key: string, words: RegExp): void {
  assert.is(found.length, 1, found.join('\n'));
  assert.ok(found[0]?.startsWith(`${key} `), found[0]);
  assert.match(found[0] ?? '', words);
}

test('the shipped virtual cabinet is legal, and its distances follow from its positions', async () => {
  const read = await readCabinetFile(shippedCabinetFile('virtual'));
  assert.ok(read.ok);
  assert.is(read.value.serialNumber, 'TS-V-0001');
  const geometry = pathGeometry(read.value.path);
  const rounded = Object.fromEntries(
    Object.entries(geometry).map(([k, v]: [string, number]) => [k, +v.toFixed(3)]),
  );
  assert.equal(rounded, {
    entryToHoldMm: 30,
    shortestSheetMm: LETTER_MM,
    longestSheetMm: LONGEST_MM,
    holdToExitMm: 300.6,
    exitClearMm: 583.8,
    returnMm: 1168.8,
  });
});

test('a gap in which the shortest sheet could rest unseen is refused', () => {
  only(
    wrongWith({ pathSensorsMm: [460] }),
    'path.pathSensorsMm[0]',
    /420 mm without a sensor from 40 mm to 460 mm/,
  );
  only(wrongWith({ pathSensorsMm: [250] }), 'path.exitSensorMm', /390 mm without a sensor/);
  only(wrongWith({ pathSensorsMm: [319.4, 460] }), 'path.pathSensorsMm[0]', /could rest there unseen/);
  assert.equal(wrongWith({ pathSensorsMm: [319.3, 460] }), []);
});

test('a gap in which the shortest sheet would lie ungripped is refused', () => {
  only(wrongWith({ rollersMm: [30, 200, 600, 655] }), 'path.rollersMm', /400 mm without a roller.*ungripped/);
  assert.match(wrongWith({ rollersMm: [30, 200, 400, 600, 655, 950] }).join(), /ungripped/);
});

test('rollers that let go before the leading edge covers the exit sensor are refused', () => {
  const found = wrongWith({ rollersMm: [30, 200, 360.6, 655] });
  assert.ok(
    found.some((text) =>
      /^path\.rollersMm .*leave the grip before its leading edge has covered the exit sensor/.test(text),
    ),
    found.join('\n'),
  );
  assert.equal(wrongWith({ rollersMm: [30, 200, 400, 655] }), []);
});

test('rollers that leave a cast sheet across the exit sensor are refused', () => {
  only(wrongWith({ rollersMm: [30, 200, 400, 600] }), 'path.rollersMm', /no roller behind the exit sensor/);
});

test('the first roller must be able to take the sheet from the hand and to give it back', () => {
  only(wrongWith({ rollersMm: [40, 200, 400, 600, 655] }), 'path.rollersMm', /first roller at 40 mm/);
  only(wrongWith({ rollersMm: [0, 200, 400, 600, 655] }), 'path.rollersMm', /first roller at 0 mm/);
});

test('an exit sensor that the longest sheet covers at the hold point is refused', () => {
  only(wrongWith({ longestSheetMm: 570 }), 'path.exitSensorMm', /at the hold point reaches to 640 mm/);
  assert.equal(wrongWith({ longestSheetMm: 569 }), []);
});

test('positions out of order are refused, each by its key', () => {
  only(wrongWith({ entrySensorMm: 0 }), 'path.entrySensorMm', /behind the mouth/);
  only(wrongWith({ scanHeadMm: 40, multiSheetSensorMm: 20 }), 'path.scanHeadMm', /behind the entry/);
  only(wrongWith({ multiSheetSensorMm: 61 }), 'path.multiSheetSensorMm', /scan head/);
  only(wrongWith({ pathSensorsMm: [460, 250] }), 'path.pathSensorsMm', /rise/);
  only(wrongWith({ rollersMm: [30, 400, 200, 600, 655] }), 'path.rollersMm', /rise/);
  only(wrongWith({ shortestSheetMm: 600 }), 'path.shortestSheetMm', /longer than/);
});

test('a motor that could not give back the longest sheet, or a gate that could not confirm, is refused', () => {
  const { devices } = virtualFile;
  const motor = { ...devices.motor, longestMoveMm: 1_168 };
  const gate = { ...devices.gate, confirmWithinMs: 150 };
  const found = checkGeometry({ ...virtualFile, devices: { ...devices, motor, gate } }, 'test.json');
  assert.equal(
    found.map(({ path }) => path),
    ['devices.motor.longestMoveMm', 'devices.gate.confirmWithinMs'],
  );
});

test('a wrong, missing or unknown key is named', () => {
  const shipped = readFileSync(shippedCabinetFile('virtual'), 'utf8');
  for (const [from, to, key] of [
    ['"rollersMm": [30,', '"rollersMm": ["30",', 'path.rollersMm[0]'],
    ['"entrySensorMm": 40,', '', 'path.entrySensorMm'],
    ['"turnMs": 150,', '"turnMs": -1,', 'devices.gate.turnMs'],
    ['"beeper": { "driver": "virtual" }', '"beeper": { "driver": "bell" }', 'devices.beeper.driver'],
    ['"TS-V-0001"', '"no good"', 'serialNumber'],
    ['"mouthSensorMm": 0', '"mouthSensorMm": 5', 'path.mouthSensorMm'],
    ['"entrySensorMm": 40', '"entrySensorMm": 1e999', 'path.entrySensorMm'],
    ['"scanHeadMm"', '"scanHeadMM": 1, "scanHeadMm"', 'path'],
  ] as const) {
    assert.ok(shipped.includes(from), from);
    const parsed = parseCabinetFile(shipped.replace(from, to), 'mine.json');
    assert.ok(!parsed.ok, key);
    assert.ok(
      parsed.error.some(({ path, where }) => path === key && where === 'mine.json'),
      `${key}: ${parsed.error.map(describeProblem).join('; ')}`,
    );
  }
});

test('every problem of a file is reported at once', () => {
  const found = wrongWith({ pathSensorsMm: [460], rollersMm: [30, 200, 600], longestSheetMm: 600 });
  assert.is(found.length, 5, found.join('\n'));
});

test('a file that is absent, too large, not text or not JSON is refused in words', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-cabinet-'));
  try {
    const write = (name: string, content: string | Uint8Array): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    for (const [file, code] of [
      [join(folder, 'absent.json'), 'cabinet-file-unreadable'],
      [folder, 'cabinet-file-unreadable'],
      [write('large.json', ' '.repeat(65_537)), 'cabinet-file-unreadable'],
      [write('binary.json', Uint8Array.of(0xff, 0xfe)), 'not-utf8'],
      [write('half.json', '{'), 'cabinet-file-not-json'],
      [write('list.json', '[]'), 'cabinet-file-invalid'],
    ] as const) {
      const read = await readCabinetFile(file);
      assert.ok(!read.ok, file);
      assert.is(read.error[0]?.code, code);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** Whole millimetres in order, but any gaps; about half of them legal. */
function anyPath(random: SeededRandom): PathSection {
  const shortestSheetMm = random.integer(100, 300);
  const rising = (from: number, to: number, gapMm: number): number[] => {
    const positions: number[] = [];
    for (let at = from; at < to; at += random.integer(20, gapMm)) positions.push(at);
    return positions;
  };
  const entrySensorMm = random.integer(20, 60);
  const scanHeadMm = entrySensorMm + random.integer(5, 40);
  const exitSensorMm = scanHeadMm + random.integer(200, 600);
  const widest = Math.round(shortestSheetMm * random.between(0.6, 1.15));
  return {
    mouthSensorMm: 0,
    entrySensorMm,
    multiSheetSensorMm: scanHeadMm,
    scanHeadMm,
    holdBeyondHeadMm: random.integer(1, 20),
    pathSensorsMm: rising(scanHeadMm + random.integer(1, widest), exitSensorMm, widest),
    exitSensorMm,
    rollersMm: rising(random.integer(1, entrySensorMm + 3), exitSensorMm + random.integer(-10, 60), widest),
    shortestSheetMm,
    longestSheetMm: shortestSheetMm + random.integer(0, 250),
  };
}

/** The promise itself, looked for at every half millimetre: an edge right at a sensor or roller does not count. */
function losesSheet(path: PathSection): boolean {
  const sensors = [path.mouthSensorMm, path.entrySensorMm, ...path.pathSensorsMm, path.exitSensorMm];
  const lastRollerMm = Math.max(...path.rollersMm);
  const heldUntilMm = Math.max(path.exitSensorMm, lastRollerMm - 0.5);
  for (let leading = path.entrySensorMm; leading - path.shortestSheetMm <= heldUntilMm; leading += 0.5) {
    const trailing = leading - path.shortestSheetMm;
    const over = (at: number): boolean => trailing < at && at < leading;
    if (trailing < path.exitSensorMm && !sensors.some(over)) return true;
    if (!path.rollersMm.some(over)) return true;
  }
  return path.scanHeadMm + path.holdBeyondHeadMm + path.longestSheetMm >= path.exitSensorMm;
}

test('the check refuses exactly the geometries in which a sheet can get lost', () => {
  const random = seededRandom('geometry');
  const count = { legal: 0, refused: 0 };
  for (let round = 0; round < 4_000; round++) {
    const path = anyPath(random);
    if (path.pathSensorsMm.length === 0 || path.rollersMm.length < 2) continue;
    const motor = { ...virtualFile.devices.motor, longestMoveMm: 5_000 };
    const problems = checkGeometry(
      { ...virtualFile, path, devices: { ...virtualFile.devices, motor } },
      'random.json',
    );
    const where = `round ${round}: ${JSON.stringify(path)}\n${problems.map(describeProblem).join('\n')}`;
    assert.is(problems.length > 0, losesSheet(path), where);
    count[problems.length > 0 ? 'refused' : 'legal'] += 1;
  }
  assert.ok(count.legal > 300 && count.refused > 300, JSON.stringify(count));
});

test.run();
