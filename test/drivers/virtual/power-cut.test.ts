/**
 * The laws of paper, under anything that voters, inspectors, chance and a wild program do: a sheet is always in
 * exactly one place, it moves only as fast as the motor turns, and it lies in a bin only if its trailing edge was seen
 * near the end of the path before, or a hand put it there.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Sheet } from '../../../drivers/virtual/paper-path.js';
import { seededRandom, type SeededRandom } from '../../../ground/seeded-random.js';
import { makeRig, passMs, pendingCallbacks, sheetOf, virtualFile, type Rig } from './rig.js';

const test = suite('the laws of paper');

const FEED_MM_PER_MS = virtualFile.devices.motor.feedMmPerS / 1_000;
const EXIT_MM = virtualFile.path.exitSensorMm;
const SENSORS = ['mouth', 'entry', 'multi-sheet', 'path', 'exit'] as const;

/** One wild day: the rig, where the hands have put sheets, and what a dead program would hear. */
interface Day {
  readonly rig: Rig;
  readonly random: SeededRandom;
  readonly all: Sheet[];
  readonly hands: Set<Sheet>;
  readonly byHand: Set<Sheet>;
  boot: number;
  late: string[];
}

/** Promises of a program's drivers may settle while it lives, never after. */
function wild(day: Day, promise: Promise<unknown>): void {
  const { boot } = day;
  void promise.finally(() => {
    if (day.boot !== boot) day.late.push(`boot ${boot}`);
  });
}

const actions: readonly (readonly [string, (day: Day) => void])[] = [
  [
    'insert',
    ({ rig, random, all, hands }) => {
      const sheet = sheetOf(random.pick([279.4, 355.6, 431.8, 558.8, 150]));
      const waiting = [...hands][0];
      const chosen = waiting !== undefined && random.chance(0.7) ? waiting : sheet;
      const together = random.chance(0.15) ? sheetOf(random.pick([279.4, 300])) : undefined;
      const how = { ...(together === undefined ? {} : { together }), onlyIntoMouth: random.chance(0.1) };
      const put = rig.cabinet.insert(chosen, how);
      if (!put.ok) return;
      hands.delete(chosen);
      if (chosen === sheet) all.push(sheet);
      if (together !== undefined) all.push(together);
    },
  ],
  [
    'move',
    (day) => {
      const direction = day.random.chance(0.8) ? 'in' : 'out';
      wild(day, day.rig.drivers.motor.move(direction, day.random.between(1, 900)));
    },
  ],
  ['stop', ({ rig }) => rig.drivers.motor.stop()],
  ['turn the gate', (day) => wild(day, day.rig.drivers.gate.turn(day.random.pick(['main', 'write-in'])))],
  [
    'scan',
    (day) => {
      const capture = day.rig.drivers.scanHead.capture();
      if (day.random.chance(0.5)) wild(day, capture.finish());
    },
  ],
  [
    'raise the counter',
    (day) => wild(day, day.rig.drivers.counter.raiseTo(day.rig.cabinet.counter.value + 1)),
  ],
  [
    'pull out',
    ({ rig, random, hands }) => {
      const pulled = rig.cabinet.pullOut({ force: random.chance(0.5) });
      if (pulled.ok) for (const sheet of pulled.value) hands.add(sheet);
    },
  ],
  [
    'clear',
    ({ rig, random, hands, byHand }) => {
      rig.cabinet.setCover('open');
      const to = random.pick(['hand', 'main', 'write-in'] as const);
      const cleared = rig.cabinet.clearPath(to);
      assert.ok(cleared.ok);
      for (const sheet of cleared.value) (to === 'hand' ? hands : byHand).add(sheet);
      rig.cabinet.setCover('closed');
    },
  ],
  ['jam', ({ rig, random }) => rig.cabinet.jamAt(random.integer(35, 900))],
  ['stall', ({ rig, random }) => rig.cabinet.setMotorStalled(random.chance(0.3))],
  ['stick the gate', ({ rig, random }) => void (rig.cabinet.gate.stuck = random.chance(0.5))],
  [
    'stick a sensor',
    ({ rig, random }) =>
      rig.cabinet.stickSensor(random.pick(SENSORS), random.chance(0.5) ? undefined : random.chance(0.5)),
  ],
  [
    'cut the power',
    (day) => {
      day.boot += 1;
      day.rig.restart();
    },
  ],
  [
    'cut the power and pull',
    (day) => {
      day.boot += 1;
      day.rig.cabinet.cutPower();
      const pulled = day.rig.cabinet.pullOut();
      if (pulled.ok) for (const sheet of pulled.value) day.hands.add(sheet);
      day.rig.restart();
    },
  ],
];
const weights = [
  'insert',
  'insert',
  'move',
  'move',
  'move',
  'move',
  'turn the gate',
  'scan',
  'cut the power',
];

function checkEverySheetIsInOnePlace(day: Day, where: string): void {
  const { bins } = day.rig.cabinet;
  const lying = [
    ...day.hands,
    ...bins.main,
    ...bins['write-in'],
    ...day.rig.cabinet.inPath().map((s) => s.sheet),
  ];
  assert.is(lying.length, day.all.length, `${where}: ${day.rig.cabinet.describe()}`);
  assert.is(new Set(lying).size, day.all.length, where);
  for (const sheet of day.all) assert.ok(lying.includes(sheet), `${where}: ${sheet.label} is nowhere`);
}

function checkLevels(day: Day, where: string): void {
  const { sensors } = day.rig.drivers;
  const sheets = day.rig.cabinet.inPath();
  const over = (at: number): boolean => sheets.some((s) => s.trailingEdgeMm < at && at <= s.leadingEdgeMm);
  const truth = { mouth: over(0), entry: over(40), path: over(250) || over(460), exit: over(640) };
  for (const [sensor, covered] of Object.entries(truth)) {
    assert.is(sensors.level(sensor as keyof typeof truth), covered, `${where}: ${sensor}`);
  }
}

async function wildDay(seed: string, sensorsStick: boolean): Promise<{ fallen: number; cuts: number }> {
  const rig = makeRig();
  const random = seededRandom(seed);
  const day: Day = { rig, random, all: [], hands: new Set(), byHand: new Set(), boot: 0, late: [] };
  let fallen = 0;
  for (let step = 0; step < 60; step++) {
    const wanted = random.chance(0.85) ? random.pick(weights) : undefined;
    const [name, act] = actions.find(([name]) => name === wanted) ?? random.pick(actions);
    const where = `${seed}, step ${step}, ${name}`;
    if (name !== 'stick a sensor' || sensorsStick) act(day);
    checkEverySheetIsInOnePlace(day, where);
    await pendingCallbacks();

    const before = rig.cabinet.inPath();
    const lengthMs = random.pick([
      0,
      random.between(0, 20),
      random.between(0, 300),
      random.between(0, 3_000),
    ]);
    await passMs(rig, lengthMs);
    checkEverySheetIsInOnePlace(day, where);
    const after = rig.cabinet.inPath();
    for (const was of before) {
      const is = after.find(({ sheet }) => sheet === was.sheet);
      const reachMm = lengthMs * FEED_MM_PER_MS + 0.01;
      if (is !== undefined) {
        assert.ok(Math.abs(is.leadingEdgeMm - was.leadingEdgeMm) <= reachMm, `${where}: moved too far`);
        assert.not.ok(was.jammed && is.leadingEdgeMm !== was.leadingEdgeMm, `${where}: a jammed sheet moved`);
      } else {
        assert.ok(was.trailingEdgeMm + reachMm >= EXIT_MM, `${where}: fell from ${was.trailingEdgeMm} mm`);
        fallen += 1;
      }
    }
    if (!sensorsStick) checkLevels(day, where);
  }
  assert.equal(day.late, [], `${seed}: a dead program went on`);
  const { main, 'write-in': writeIn } = rig.cabinet.bins;
  const inBins = [...main, ...writeIn];
  assert.is(
    inBins.filter((sheet) => !day.byHand.has(sheet)).length,
    fallen,
    `${seed}: who put these sheets there?`,
  );
  return { fallen, cuts: day.boot };
}

test('whatever happens and whenever the power is cut, every sheet is in exactly one place', async () => {
  const sum = { fallen: 0, cuts: 0 };
  for (let round = 0; round < 400; round++) {
    const { fallen, cuts } = await wildDay(`wild day ${round}`, round % 3 === 0);
    sum.fallen += fallen;
    sum.cuts += cuts;
  }
  assert.ok(sum.fallen > 300 && sum.cuts > 1_000, JSON.stringify(sum));
});

test('the same seed is the same day, to the last micrometre', async () => {
  const account = async (): Promise<string> => {
    const rig = makeRig();
    const random = seededRandom('twice');
    const all: Sheet[] = [];
    const day: Day = { rig, random, all, hands: new Set(), byHand: new Set(), boot: 0, late: [] };
    const lines: string[] = [];
    for (let step = 0; step < 200; step++) {
      random.pick(actions)[1](day);
      await passMs(rig, random.between(0, 500));
      lines.push(
        JSON.stringify(rig.cabinet.inPath().map((s) => [s.leadingEdgeMm, s.jammed])),
        rig.edgeText(),
        rig.cabinet.describe().replace(/sheet \d+/g, 'sheet'),
      );
    }
    return lines.join('\n');
  };
  assert.is(await account(), await account());
});

test.run();
