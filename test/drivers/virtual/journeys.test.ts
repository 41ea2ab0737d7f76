import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkGeometry, pathGeometry, type CabinetFile } from '../../../drivers/cabinet-file.js';
import type { Bin, PaperSensor } from '../../../drivers/ports.js';
import { VirtualCabinet } from '../../../drivers/virtual/cabinet.js';
import { seededRandom, type SeededRandom } from '../../../ground/seeded-random.js';
import { systemClock } from '../../../firmware/runtime/ports.js';
import {
  drawToHold,
  driveOut,
  labels,
  LETTER_MM,
  LONGEST_MM,
  makeRig,
  memoryStore,
  moveUntil,
  passMs,
  run,
  sheetOf,
  virtualFile,
  withPath,
  type Rig,
} from './rig.js';

const test = suite('journeys of a sheet');

function place(rig: Rig): { leading: number; trailing: number } {
  const [only, ...others] = rig.cabinet.inPath();
  assert.ok(only !== undefined && others.length === 0, rig.cabinet.describe());
  return { leading: only.leadingEdgeMm, trailing: only.trailingEdgeMm };
}

function near(actual: number | undefined, expected: number, what: string): void {
  assert.ok(
    actual !== undefined && Math.abs(actual - expected) < 0.01,
    `${what}: ${actual}, not ${expected}`,
  );
}

function insert(rig: Rig, lengthMm = LETTER_MM): ReturnType<typeof sheetOf> {
  const sheet = sheetOf(lengthMm);
  assert.ok(rig.cabinet.insert(sheet).ok);
  return sheet;
}

test('a hand pushes the sheet just beyond the entry sensor, where it stays until the motor turns', async () => {
  const rig = makeRig();
  insert(rig);
  assert.is(rig.edgeText(), 'mouth+ entry+');
  assert.ok(rig.drivers.sensors.level('mouth') && rig.drivers.sensors.level('entry'));
  await passMs(rig, 5_000);
  assert.is(place(rig).leading, 42);
  assert.match(rig.cabinet.describe(), /from -237\.4 to 42\.0 mm, held by rollers; gate main; main bin 0/);
});

test('drawn to the hold point, the trailing edge stands 10 mm beyond the scan head and all of it is read', async () => {
  for (const lengthMm of [LETTER_MM, 355.6, LONGEST_MM]) {
    const rig = makeRig();
    const sheet = insert(rig, lengthMm);
    const capture = rig.drivers.scanHead.capture();
    await drawToHold(rig);
    near(place(rig).trailing, 70, 'trailing edge');
    assert.ok(rig.drivers.sensors.level('path'));
    assert.not.ok(rig.drivers.sensors.level('exit'));
    const scanned = await capture.finish();
    assert.ok(scanned.ok && scanned.value.first === sheet.first && scanned.value.second === sheet.second);
  }
});

test('out to each bin, a letter sheet meets its sensors in order, at the right millimetre and time', async () => {
  for (const bin of ['main', 'write-in'] as const) {
    const rig = makeRig();
    const sheet = insert(rig);
    await drawToHold(rig);
    assert.ok((await run(rig, rig.drivers.gate.turn(bin))).ok);
    await driveOut(rig);
    assert.is(rig.edgeText(), 'mouth+ entry+ path+ mouth- entry- exit+ path- exit-');
    assert.equal(rig.cabinet.bins[bin], [sheet]);
    assert.is(rig.cabinet.inPath().length, 0);
    const at = (sensor: PaperSensor, covered: boolean): number | undefined =>
      rig.edges.find((edge) => edge.sensor === sensor && edge.covered === covered)?.leadingEdgeMm;
    near(at('path', true), 250, 'path covers');
    near(at('mouth', false), LETTER_MM, 'mouth clears');
    near(at('entry', false), 40 + LETTER_MM, 'entry clears');
    near(at('exit', true), 640, 'exit covers');
    near(at('path', false), 460 + LETTER_MM, 'path clears');
    near(at('exit', false), 640 + LETTER_MM, 'exit clears');
    near(rig.edges.find(({ sensor }) => sensor === 'path')?.atMs, ((250 - 42) / 300) * 1_000, 'time');
  }
});

test('when its leading edge covers the exit sensor, every sheet is still held and comes back to the mouth', async () => {
  for (const lengthMm of [LETTER_MM, LONGEST_MM]) {
    const rig = makeRig();
    const sheet = insert(rig, lengthMm);
    await drawToHold(rig);
    assert.is(await moveUntil(rig, 'in', rig.drivers.path.holdToExitMm, 'exit', true), 'seen');
    assert.is(place(rig).leading, 640);
    rig.edgeText();
    assert.is(await moveUntil(rig, 'out', rig.drivers.path.returnMm, 'entry', false), 'seen');
    near(place(rig).leading, 40, 'leading edge');
    assert.is(rig.edgeText(), 'exit- entry+ mouth+ path- entry-');
    assert.ok(rig.drivers.sensors.level('mouth'));
    await passMs(rig, 60_000);
    const taken = rig.cabinet.pullOut();
    assert.ok(taken.ok && taken.value[0] === sheet);
    assert.is(rig.edgeText(), 'mouth-');
    assert.is(rig.cabinet.inPath().length, 0);
  }
});

test('a motor that runs on while giving back cannot throw the sheet out: the first rollers let it go in the mouth', async () => {
  const rig = makeRig();
  insert(rig);
  await drawToHold(rig);
  await run(rig, rig.drivers.motor.move('out', rig.drivers.path.returnMm));
  near(place(rig).leading, 30, 'leading edge');
  assert.ok(rig.drivers.sensors.level('mouth'));
  assert.match(rig.cabinet.describe(), /loose/);
  await run(rig, rig.drivers.motor.move('in', 100));
  near(place(rig).leading, 30, 'a loose sheet does not move');
});

test('a sheet that has cleared the exit sensor is in the last rollers until they have turned on', async () => {
  const rig = makeRig();
  insert(rig);
  await drawToHold(rig);
  await moveUntil(rig, 'in', rig.drivers.path.holdToExitMm, 'exit', true);
  await moveUntil(rig, 'in', rig.drivers.path.exitClearMm, 'exit', false);
  assert.is(place(rig).trailing, 640);
  assert.is(rig.cabinet.bins.main.length, 0);
  await run(rig, rig.drivers.motor.move('in', 15));
  assert.is(rig.cabinet.bins.main.length, 1);
});

test('a stop stands at once and says how far the rollers turned', async () => {
  const rig = makeRig();
  insert(rig);
  const move = rig.drivers.motor.move('in', 300);
  await passMs(rig, 100);
  rig.drivers.motor.stop();
  const end = await move;
  assert.ok(end.ok);
  assert.equal(end.value, { end: 'stopped', movedMm: 30 });
  near(place(rig).leading, 72, 'leading edge');
  await passMs(rig, 1_000);
  near(place(rig).leading, 72, 'leading edge');
  rig.drivers.motor.stop();
});

test('the motor refuses what is beyond its bound, and a second move while it moves', async () => {
  const rig = makeRig();
  insert(rig);
  for (const distanceMm of [1_200.1, 0, -5, Number.NaN, Infinity]) {
    const refused = await rig.drivers.motor.move('in', distanceMm);
    assert.ok(!refused.ok && refused.error.code === 'move-out-of-bounds', String(distanceMm));
  }
  const first = rig.drivers.motor.move('in', 30);
  const second = await rig.drivers.motor.move('in', 30);
  assert.ok(!second.ok && second.error.code === 'motor-busy');
  const end = await run(rig, first);
  assert.ok(end.ok && end.value.movedMm === 30 && end.value.end === 'distance-reached');
  near(place(rig).leading, 72, 'leading edge');
});

test('a jam anywhere stops the paper while the motor turns on, both ways, until hands clear it', async () => {
  for (let jamMm = 45; jamMm < 655 + LETTER_MM; jamMm += 47) {
    const rig = makeRig();
    const sheet = insert(rig);
    rig.cabinet.jamAt(jamMm);
    for (const direction of ['in', 'out', 'in'] as const) {
      const end = await run(rig, rig.drivers.motor.move(direction, 1_000));
      assert.ok(end.ok && end.value.end === 'distance-reached' && end.value.movedMm === 1_000);
      assert.is(place(rig).leading, jamMm);
    }
    assert.match(rig.cabinet.describe(), /jammed/);
    assert.not.ok(rig.cabinet.clearPath('hand').ok);
    rig.cabinet.setCover('open');
    assert.ok(rig.drivers.sensors.level('cover-open'));
    const cleared = rig.cabinet.clearPath('main');
    assert.ok(cleared.ok);
    assert.equal(cleared.value, [sheet]);
    rig.cabinet.setCover('closed');
    assert.equal(rig.cabinet.bins.main, [sheet]);
    for (const sensor of ['mouth', 'entry', 'path', 'exit'] as const) {
      assert.not.ok(rig.drivers.sensors.level(sensor), `${sensor} after a jam at ${jamMm}`);
    }
    // The jam is gone with the sheet.
    insert(rig);
    await drawToHold(rig);
    await driveOut(rig);
    assert.is(rig.cabinet.bins.main.length, 2);
  }
});

test('a sheet can jam on its way back, and where it stands', async () => {
  const rig = makeRig();
  insert(rig);
  await drawToHold(rig);
  rig.cabinet.jamAt(200);
  assert.is(await moveUntil(rig, 'out', rig.drivers.path.returnMm, 'entry', false), 'not seen');
  assert.is(place(rig).leading, 200);
  const held = makeRig();
  insert(held);
  await drawToHold(held);
  held.cabinet.jamAt(place(held).leading);
  assert.is(await moveUntil(held, 'in', held.drivers.path.holdToExitMm, 'exit', true), 'not seen');
  near(place(held).trailing, 70, 'trailing edge');
});

test('a stalled motor ends its move by distance and no paper has moved', async () => {
  const rig = makeRig();
  insert(rig);
  rig.cabinet.setMotorStalled(true);
  const end = await run(rig, rig.drivers.motor.move('in', 500));
  assert.ok(end.ok && end.value.movedMm === 500);
  assert.is(place(rig).leading, 42);
  const move = rig.drivers.motor.move('in', 300);
  await passMs(rig, 500);
  rig.cabinet.setMotorStalled(false);
  await run(rig, move);
  near(place(rig).leading, 42 + 150, 'leading edge');
});

test('two sheets at once turn the multi-sheet switch on while they pass, and look like one to the head', async () => {
  const rig = makeRig();
  const [upper, lower] = [sheetOf(), sheetOf()];
  assert.ok(rig.cabinet.insert(upper, { together: lower }).ok);
  const capture = rig.drivers.scanHead.capture();
  await drawToHold(rig);
  assert.is(rig.edgeText(), 'mouth+ entry+ multi-sheet+ path+ mouth- entry- multi-sheet-');
  const scanned = await capture.finish();
  assert.ok(scanned.ok && scanned.value.first === upper.first && scanned.value.second === lower.second);
  await moveUntil(rig, 'out', rig.drivers.path.returnMm, 'entry', false);
  const taken = rig.cabinet.pullOut();
  assert.ok(taken.ok);
  assert.is(labels(taken.value), `${upper.label}, ${lower.label}`);
});

test('one sheet never turns the multi-sheet switch on', async () => {
  const rig = makeRig();
  insert(rig);
  await drawToHold(rig);
  await driveOut(rig);
  assert.not.ok(rig.edges.some(({ sensor }) => sensor === 'multi-sheet'));
});

test('a sheet that is torn out half-way leaves the rows that passed; one that never came leaves nothing', async () => {
  const rig = makeRig();
  const sheet = insert(rig, 300);
  const capture = rig.drivers.scanHead.capture();
  await run(rig, rig.drivers.motor.move('in', 18 + 150));
  assert.not.ok(rig.cabinet.pullOut().ok, 'two rollers hold it');
  assert.ok(rig.cabinet.pullOut({ force: true }).ok);
  assert.is(rig.edgeText(), 'mouth+ entry+ entry- mouth-');
  const scanned = await capture.finish();
  assert.ok(scanned.ok);
  assert.is(scanned.value.first.heightPx, 150);
  assert.is(scanned.value.second.heightPx, 150);
  assert.equal(scanned.value.first.data, sheet.first.data.slice(0, 150 * 4));
  const nothing = await rig.drivers.scanHead.capture().finish();
  assert.ok(!nothing.ok && nothing.error.code === 'nothing-scanned');
});

test('the head takes lines only while a capture is on, and each line once', async () => {
  const rig = makeRig();
  const sheet = insert(rig, 300);
  await run(rig, rig.drivers.motor.move('in', 18 + 50));
  const capture = rig.drivers.scanHead.capture();
  await run(rig, rig.drivers.motor.move('in', 100));
  await run(rig, rig.drivers.motor.move('out', 40));
  await run(rig, rig.drivers.motor.move('in', 20));
  const scanned = await capture.finish();
  assert.ok(scanned.ok);
  assert.equal(scanned.value.first.data, sheet.first.data.slice(50 * 4, 150 * 4));
  const again = await capture.finish();
  assert.ok(!again.ok && again.error.code === 'scan-head-failed');
});

test('bands are given while the paper moves, each when it is full; who takes one may stop the motor there', async () => {
  const rig = makeRig();
  const sheet = insert(rig, 300);
  const lines: number[] = [];
  const stopAfter = 150;
  rig.drivers.scanHead.capture(({ first }) => {
    lines.push(first.heightPx);
    if (lines.reduce((sum, one) => sum + one, 0) >= stopAfter) rig.drivers.motor.stop();
  });
  const moved = await run(rig, rig.drivers.motor.move('in', 400));
  assert.ok(moved.ok && moved.value.end === 'stopped');
  assert.equal(lines, [64, 64, 64]);
  const perLineMm = 300 / sheet.first.heightPx;
  near(place(rig).leading, 60 + 192 * perLineMm, 'the leading edge, 192 lines beyond the head');
});

test('a capture ends its page at the first trailing edge; an aborted one gives nothing; a failed head says so', async () => {
  const rig = makeRig();
  const first = insert(rig);
  const capture = rig.drivers.scanHead.capture();
  await drawToHold(rig);
  insert(rig);
  await run(rig, rig.drivers.motor.move('in', 100));
  const scanned = await capture.finish();
  assert.ok(scanned.ok && scanned.value.first === first.first && scanned.value.second === first.second);
  const aborted = rig.drivers.scanHead.capture();
  aborted.abort();
  const ended = await aborted.finish();
  assert.ok(!ended.ok && ended.error.code === 'scan-head-failed');
  rig.cabinet.scanHead.failing = true;
  const failed = await rig.drivers.scanHead.capture().finish();
  assert.ok(!failed.ok && failed.error.code === 'scan-head-failed');
});

test('while paper lies in the mouth no other goes in; behind a held sheet one can be pushed in and moves along', async () => {
  const rig = makeRig();
  insert(rig);
  const refused = rig.cabinet.insert(sheetOf());
  assert.ok(!refused.ok && refused.error.code === 'mouth-taken');
  await drawToHold(rig);
  const second = insert(rig);
  await run(rig, rig.drivers.motor.move('in', 50));
  assert.equal(
    rig.cabinet.inPath().map(({ leadingEdgeMm }) => Math.round(leadingEdgeMm)),
    [399, 92],
  );
  const taken = rig.cabinet.pullOut();
  assert.ok(taken.ok && taken.value[0] === second);
});

test('a sheet that is only laid into the mouth covers its sensor and is not gripped', async () => {
  const rig = makeRig();
  assert.ok(rig.cabinet.insert(sheetOf(), { onlyIntoMouth: true }).ok);
  assert.is(rig.edgeText(), 'mouth+');
  await run(rig, rig.drivers.motor.move('in', 200));
  assert.is(place(rig).leading, 15);
  assert.ok(rig.cabinet.pullOut().ok);
});

test('nobody pulls out a sheet that is wholly inside or moving; without power the rollers let go', async () => {
  const rig = makeRig();
  insert(rig, LONGEST_MM);
  const move = rig.drivers.motor.move('in', 300);
  await passMs(rig, 200);
  const moving = rig.cabinet.pullOut();
  assert.ok(!moving.ok && moving.error.reason === 'the motor is turning');
  await run(rig, move);
  const gripped = rig.cabinet.pullOut();
  assert.ok(!gripped.ok && gripped.error.reason === 'the rollers hold the sheet');
  rig.cabinet.cutPower();
  assert.ok(rig.cabinet.pullOut().ok);
  const inside = makeRig();
  insert(inside);
  await drawToHold(inside);
  assert.not.ok(inside.cabinet.pullOut({ force: true }).ok);
});

test('a gate takes its time, and paper that falls meanwhile falls where the gate still points', async () => {
  const rig = makeRig();
  insert(rig);
  await drawToHold(rig);
  await moveUntil(rig, 'in', rig.drivers.path.holdToExitMm, 'exit', true);
  await moveUntil(rig, 'in', rig.drivers.path.exitClearMm, 'exit', false);
  const startMs = rig.clock.nowMs();
  const turn = rig.drivers.gate.turn('write-in');
  await run(rig, rig.drivers.motor.move('in', 20));
  assert.is(rig.cabinet.bins.main.length, 1);
  assert.not.ok(rig.cabinet.gate.confirmed);
  const busy = await rig.drivers.gate.turn('main');
  assert.ok(!busy.ok && busy.error.code === 'gate-busy');
  assert.ok((await run(rig, turn)).ok);
  assert.is(rig.clock.nowMs() - startMs, 150);
  assert.is(rig.cabinet.gate.bin, 'write-in');
});

test('a stuck gate is not confirmed within its bound and keeps its place', async () => {
  const rig = makeRig();
  rig.cabinet.gate.stuck = true;
  assert.ok((await run(rig, rig.drivers.gate.turn('main'))).ok, 'it is there already');
  const turned = await run(rig, rig.drivers.gate.turn('write-in'));
  assert.ok(!turned.ok && turned.error.code === 'gate-not-confirmed');
  assert.is(rig.clock.nowMs(), 400);
  assert.is(rig.cabinet.gate.bin, 'main');
  assert.match(rig.cabinet.describe(), /gate not confirmed/);
  rig.cabinet.gate.stuck = false;
  assert.ok((await run(rig, rig.drivers.gate.turn('write-in'))).ok);
  assert.is(rig.cabinet.gate.bin, 'write-in');
});

test('a stuck sensor keeps its level whatever passes, and tells the truth again when it is healed', async () => {
  const rig = makeRig();
  rig.cabinet.stickSensor('exit', false);
  insert(rig);
  await drawToHold(rig);
  assert.is(await moveUntil(rig, 'in', rig.drivers.path.holdToExitMm, 'exit', true), 'not seen');
  rig.edgeText();
  rig.cabinet.stickSensor('exit', undefined);
  assert.is(rig.edgeText(), 'exit+');
  rig.cabinet.stickSensor('entry', true);
  rig.cabinet.stickSensor('multi-sheet', true);
  assert.is(rig.edgeText(), 'entry+ multi-sheet+');
});

test('the box door must be open before a bin is emptied', async () => {
  const rig = makeRig();
  const sheet = insert(rig);
  await drawToHold(rig);
  await driveOut(rig);
  assert.not.ok(rig.cabinet.emptyBin('main').ok);
  rig.cabinet.setBallotBoxDoor('open');
  assert.ok(rig.drivers.sensors.level('ballot-box-door-open'));
  const emptied = rig.cabinet.emptyBin('main');
  assert.ok(emptied.ok);
  assert.equal(emptied.value, [sheet]);
  assert.is(rig.cabinet.bins.main.length, 0);
});

/** A legal cabinet: gaps within what the shortest sheet allows, the exit beyond the longest at the hold point. */
function legalCabinet(random: SeededRandom): CabinetFile {
  const shortestSheetMm = random.between(120, 300);
  const longestSheetMm = shortestSheetMm + random.between(0, 300);
  const gap = (): number => random.between(20, shortestSheetMm - 1);
  const filled = (from: number, to: number): number[] => {
    const positions = [from];
    let at = from;
    while (to - at >= shortestSheetMm) positions.push((at += gap()));
    return positions.filter((position) => position < to);
  };
  const entrySensorMm = random.between(20, 50);
  const scanHeadMm = entrySensorMm + random.between(5, 40);
  const holdBeyondHeadMm = random.between(1, 20);
  const exitSensorMm = scanHeadMm + holdBeyondHeadMm + longestSheetMm + random.between(1, 80);
  const firstPathMm = Math.max(scanHeadMm + 1, entrySensorMm + gap());
  const lastRollerMm = exitSensorMm + random.between(1, Math.min(60, shortestSheetMm - 20));
  const path = {
    mouthSensorMm: 0 as const,
    entrySensorMm,
    multiSheetSensorMm: random.between(1, scanHeadMm),
    scanHeadMm,
    holdBeyondHeadMm,
    pathSensorsMm: filled(firstPathMm, exitSensorMm),
    exitSensorMm,
    rollersMm: [...filled(random.between(1, entrySensorMm - 1), lastRollerMm), lastRollerMm],
    shortestSheetMm,
    longestSheetMm,
  };
  const motor = { driver: 'virtual' as const, feedMmPerS: random.between(50, 600), longestMoveMm: 3_000 };
  return { ...withPath(path), devices: { ...virtualFile.devices, motor } };
}

test('in any legal cabinet any sheet goes in, is held, comes back and goes out, and is read whole', async () => {
  let legal = 0;
  for (let seed = 0; seed < 60; seed++) {
    const random = seededRandom(`cabinet ${seed}`);
    const file = legalCabinet(random);
    if (checkGeometry(file, 'random').length > 0) continue;
    legal += 1;
    const { shortestSheetMm, longestSheetMm } = file.path;
    for (const lengthMm of [
      shortestSheetMm,
      random.between(shortestSheetMm, longestSheetMm),
      longestSheetMm,
    ]) {
      const rig = makeRig(file);
      const where = `seed ${seed}, ${lengthMm} mm: ${JSON.stringify(file.path)}`;
      const bin: Bin = random.pick(['main', 'write-in']);
      const sheet = insert(rig, lengthMm);
      await drawToHold(rig);
      assert.not.ok(rig.drivers.sensors.level('exit'), where);
      assert.is(await moveUntil(rig, 'in', rig.drivers.path.holdToExitMm, 'exit', true), 'seen', where);
      assert.is(await moveUntil(rig, 'out', rig.drivers.path.returnMm, 'entry', false), 'seen', where);
      assert.ok(rig.drivers.sensors.level('mouth'), where);
      const capture = rig.drivers.scanHead.capture();
      await drawToHold(rig);
      near(place(rig).trailing, file.path.scanHeadMm + file.path.holdBeyondHeadMm, where);
      const scanned = await capture.finish();
      assert.ok(scanned.ok && scanned.value.first === sheet.first, where);
      assert.ok((await run(rig, rig.drivers.gate.turn(bin))).ok);
      await driveOut(rig);
      assert.equal(rig.cabinet.bins[bin], [sheet], where);
      const exit = rig.edges.filter(({ sensor, covered }) => sensor === 'exit' && covered);
      for (const edge of exit) near(edge.leadingEdgeMm, file.path.exitSensorMm, where);
      assert.is(pathGeometry(file.path).longestSheetMm, longestSheetMm);
    }
  }
  assert.ok(legal >= 40, `only ${legal} cabinets were legal`);
});

test('the same cabinet runs on the real clock', async () => {
  const { devices } = virtualFile;
  const file = { ...virtualFile, devices: { ...devices, motor: { ...devices.motor, feedMmPerS: 2_000 } } };
  const cabinet = new VirtualCabinet({
    file,
    clock: systemClock(),
    printer: {
      print: () => Promise.reject(new Error('unused')),
      status: () => Promise.reject(new Error('unused')),
    },
    internal: memoryStore('internal storage'),
  });
  const drivers = cabinet.powerOn();
  const seen: string[] = [];
  drivers.sensors.onEdge((sensor, covered) => seen.push(`${sensor}${covered ? '+' : '-'}`));
  const sheet = sheetOf();
  assert.ok(cabinet.insert(sheet).ok);
  const capture = drivers.scanHead.capture();
  const move = await drivers.motor.move('in', 1_000);
  assert.ok(move.ok && move.value.end === 'distance-reached');
  assert.is(seen.join(' '), 'mouth+ entry+ path+ mouth- entry- exit+ path- exit-');
  assert.equal(cabinet.bins.main, [sheet]);
  const scanned = await capture.finish();
  assert.ok(scanned.ok && scanned.value.first === sheet.first);
  cabinet.cutPower();
});

test.run();
