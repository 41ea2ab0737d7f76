import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { FileStore } from '../../../drivers/ports.js';
import { folderStore } from '../../../drivers/memory-card/folder-store.js';
import { virtualDisk } from '../../../drivers/virtual/disk.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { must } from '../../../ground/result.js';
import { makeRig, memoryStore, passMs, pendingCallbacks, run, sheetOf } from './rig.js';

const test = suite('devices of the virtual cabinet');

function storeIn(slot: { store(): FileStore | undefined }): FileStore {
  return must(slot.store(), 'a card is in');
}

test('the cabinet says that it is simulated, and who it is', () => {
  const { drivers } = makeRig();
  assert.ok(drivers.simulated);
  assert.is(drivers.serialNumber, 'TS-V-0001');
});

test('the protective counter rises by one, repeats without harm, and refuses anything else', async () => {
  const rig = makeRig();
  const { counter } = rig.drivers;
  assert.equal(await counter.read(), { ok: true, value: 41 });
  for (let repeat = 0; repeat < 3; repeat++) assert.ok((await run(rig, counter.raiseTo(42))).ok);
  assert.equal(await counter.read(), { ok: true, value: 42 });
  for (const value of [40, 41, 44, Number.NaN]) {
    const refused = await run(rig, counter.raiseTo(value));
    assert.ok(!refused.ok && refused.error.code === 'counter-refused', String(value));
  }
  assert.is(rig.cabinet.counter.value, 42);
});

test('a failed counter says so and keeps its value', async () => {
  const rig = makeRig();
  rig.cabinet.counter.failing = true;
  const raised = await run(rig, rig.drivers.counter.raiseTo(42));
  const read = await rig.drivers.counter.read();
  assert.ok(!raised.ok && raised.error.code === 'counter-failed');
  assert.ok(!read.ok && read.error.code === 'counter-failed');
  assert.is(rig.cabinet.counter.value, 41);
});

test('a power cut while the counter is written finds the old value or the new one', async () => {
  for (const [cutAfterMs, expected] of [
    [1, 41],
    [3, 42],
  ] as const) {
    const rig = makeRig();
    void rig.drivers.counter.raiseTo(42);
    await passMs(rig, cutAfterMs);
    rig.restart();
    assert.is(rig.cabinet.counter.value, expected);
    assert.ok((await run(rig, rig.drivers.counter.raiseTo(42))).ok);
  }
});

test('a security key is seen coming and going, and read while it is pressed', async () => {
  const rig = makeRig();
  const seen: boolean[] = [];
  rig.drivers.keyReader.onChange((present) => seen.push(present));
  assert.equal(await rig.drivers.keyReader.read(), { ok: true, value: undefined });
  rig.cabinet.keyReader.hold(Uint8Array.of(1, 2, 3));
  assert.equal(await rig.drivers.keyReader.read(), { ok: true, value: Uint8Array.of(1, 2, 3) });
  rig.cabinet.keyReader.hold(undefined);
  rig.cabinet.keyReader.hold(undefined);
  assert.equal(seen, [true, false]);
  assert.equal(await rig.drivers.keyReader.read(), { ok: true, value: undefined });
});

test('sounds are kept with their time, and only so many of them', async () => {
  const rig = makeRig();
  await passMs(rig, 10);
  rig.drivers.beeper.play('cast');
  assert.equal(rig.cabinet.beeper.played, [{ atMs: 10, sound: 'cast' }]);
  for (let i = 0; i < 1_000; i++) rig.drivers.beeper.play('key');
  assert.is(rig.cabinet.beeper.played.length, 1_000);
  assert.ok(rig.cabinet.beeper.played.every(({ sound }) => sound === 'key'));
});

test('a card comes and goes; what was opened on a card that was pulled fails, even when the same card is back', async () => {
  const rig = makeRig();
  const slot = rig.drivers.cards.a;
  const seen: boolean[] = [];
  slot.onChange((present) => seen.push(present));
  assert.is(slot.store(), undefined);
  const card = memoryStore('memory card A');
  rig.cabinet.cards.a.insert(card);
  const store = storeIn(slot);
  assert.is(slot.store(), store, 'the same card is the same store');
  assert.ok((await store.write('log.txt', Uint8Array.of(1))).ok);
  assert.ok((await store.append('log.txt', Uint8Array.of(2))).ok);
  const blocks = await store.openBlocks('box', 8);
  assert.ok(blocks.ok);
  assert.ok((await blocks.value.write(2, Uint8Array.of(9))).ok && (await blocks.value.flush()).ok);
  assert.equal(await blocks.value.read(2, 1), { ok: true, value: Uint8Array.of(9) });

  assert.is(rig.cabinet.cards.a.pull(), card);
  assert.is(slot.store(), undefined);
  rig.cabinet.cards.a.insert(card);
  assert.equal(seen, [true, false, true]);
  for (const failed of [
    await store.read('log.txt', 10),
    await store.list(),
    await store.remove('log.txt'),
    await blocks.value.write(2, Uint8Array.of(1)),
  ]) {
    assert.ok(!failed.ok && failed.error.code === 'medium-missing');
  }
  const again = storeIn(slot);
  assert.equal(await again.read('log.txt', 10), { ok: true, value: Uint8Array.of(1, 2) });
  assert.equal(await again.list(), { ok: true, value: ['log.txt', 'box'] });
  assert.throws(() => rig.cabinet.cards.a.insert(card), /holds a card already/);
});

test('a write that was under way when the card was pulled is not reported as done', async () => {
  const rig = makeRig();
  const card = memoryStore('memory card B');
  const slow: FileStore = {
    ...card,
    write: (name, bytes) =>
      new Promise((resolve) =>
        rig.clock.setTimer(rig.clock.nowMs() + 50, () => resolve(card.write(name, bytes))),
      ),
  };
  rig.cabinet.cards.b.insert(slow);
  const write = storeIn(rig.drivers.cards.b).write('f', Uint8Array.of(1));
  rig.cabinet.cards.b.pull();
  const written = await run(rig, write);
  assert.ok(!written.ok && written.error.code === 'medium-missing');
});

test('the export port shows its medium', () => {
  const rig = makeRig();
  assert.is(rig.drivers.exportPort.directory(), undefined);
  rig.cabinet.exportPort.medium = 'stick';
  assert.is(rig.drivers.exportPort.directory(), 'stick');
  rig.cabinet.cutPower();
  assert.is(rig.drivers.exportPort.directory(), undefined);
});

test('the printer answers through the cabinet', async () => {
  const rig = makeRig();
  assert.ok((await rig.drivers.printer.print({ elements: [] })).ok);
  assert.equal(await rig.drivers.printer.status(), { ok: true, value: 'ready' });
});

test('after a power cut the dead program hears nothing, reaches nothing, and nothing it waited for comes', async () => {
  const rig = makeRig();
  const card = memoryStore('memory card A');
  rig.cabinet.cards.a.insert(card);
  const dead = rig.drivers;
  const heard: string[] = [];
  dead.sensors.onEdge((sensor) => heard.push(sensor));
  dead.keyReader.onChange(() => heard.push('key'));
  dead.cards.a.onChange(() => heard.push('card'));
  dead.clock.setTimer(1_000, () => heard.push('timer'));
  const cancelled = dead.clock.setTimer(1_000, () => heard.push('timer'));
  const store = storeIn(dead.cards.a);
  const blocks = await store.openBlocks('box', 8);
  assert.ok(blocks.ok);
  assert.ok(rig.cabinet.insert(sheetOf()).ok);
  heard.length = 0;
  const capture = dead.scanHead.capture();
  const wait = (promise: Promise<unknown>): void =>
    void promise.then(
      () => heard.push('promise'),
      () => heard.push('rejection'),
    );
  wait(dead.motor.move('in', 300));
  wait(dead.gate.turn('write-in'));
  wait(dead.counter.raiseTo(42));
  wait(store.write('f', Uint8Array.of(1)));
  rig.cabinet.cutPower();
  cancelled();
  wait(dead.motor.move('in', 300));
  wait(capture.finish());
  wait(store.write('late', Uint8Array.of(1)));
  wait(blocks.value.flush());
  wait(blocks.value.close());
  wait(dead.printer.print({ elements: [] }));
  wait(dead.internal.list());
  dead.clock.setTimer(10, () => heard.push('late timer'));
  dead.beeper.play('cast');
  dead.scanHead.capture();
  rig.cabinet.keyReader.hold(Uint8Array.of(1));
  rig.cabinet.cards.a.pull();
  assert.ok(rig.cabinet.pullOut().ok);

  const living = rig.cabinet.powerOn();
  dead.sensors.onEdge((sensor) => heard.push(`dead ${sensor}`));
  dead.motor.stop();
  const livingEdges: string[] = [];
  living.sensors.onEdge((sensor) => livingEdges.push(sensor));
  assert.ok(rig.cabinet.insert(sheetOf()).ok);
  const move = living.motor.move('in', 100);
  dead.motor.stop();
  const end = await run(rig, move);
  await passMs(rig, 5_000);
  await pendingCallbacks();
  assert.ok(end.ok && end.value.movedMm === 100, 'a dead program cannot stop the motor');
  assert.equal(heard, []);
  assert.equal(livingEdges, ['mouth', 'entry']);
  assert.not.ok(dead.sensors.level('mouth'));
  assert.ok(living.sensors.level('mouth'));
  assert.equal([...card.files.keys()], ['box', 'f']);
  assert.is(rig.cabinet.beeper.played.length, 0);
});

test('the power is cut in the middle of an edge: the listener that cut it is the last to hear', async () => {
  const rig = makeRig();
  const heard: string[] = [];
  rig.drivers.sensors.onEdge((sensor) => {
    heard.push(sensor);
    if (sensor === 'path') rig.cabinet.cutPower();
  });
  assert.ok(rig.cabinet.insert(sheetOf()).ok);
  void rig.drivers.motor.move('in', 500);
  await passMs(rig, 5_000);
  assert.equal(heard, ['mouth', 'entry', 'path']);
  assert.is(rig.cabinet.inPath()[0]?.leadingEdgeMm, 250);
  assert.match(rig.cabinet.describe(), /no power/);
  const living = rig.cabinet.powerOn();
  assert.ok(living.sensors.level('path') && living.sensors.level('mouth') && living.sensors.level('entry'));
  assert.throws(() => rig.cabinet.powerOn(), /on already/);
});

test('a listener that moves paper in the middle of an edge hears the next edge only when it is done', () => {
  const rig = makeRig();
  const heard: string[] = [];
  rig.drivers.sensors.onEdge((sensor, covered) => {
    heard.push(`${sensor}${covered ? '+' : '-'} begins`);
    if (sensor === 'mouth' && covered) assert.ok(rig.cabinet.pullOut().ok);
    heard.push(`${sensor} ends`);
  });
  assert.ok(rig.cabinet.insert(sheetOf()).ok);
  assert.is(
    heard.join(', '),
    'mouth+ begins, mouth ends, entry+ begins, entry ends, entry- begins, entry ends, mouth- begins, mouth ends',
  );
});

test('a virtual disk on a real folder is a card: a power cut keeps what was flushed, and the next program reads it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-card-'));
  try {
    const rig = makeRig();
    const disk = virtualDisk(folderStore(folder, 'memory card A'), rig.clock);
    rig.cabinet.cards.a.insert(disk.store);
    const box = await storeIn(rig.drivers.cards.a).openBlocks('ballots.box', 1_024);
    assert.ok(box.ok);
    assert.ok((await box.value.write(0, Uint8Array.of(7))).ok && (await box.value.flush()).ok);
    let reported = false;
    disk.onOperation(() => {
      rig.cabinet.cutPower();
      disk.cutPower(seededRandom('cut'));
    });
    void box.value.write(512, Uint8Array.of(8)).then(() => (reported = true));
    await pendingCallbacks();
    assert.not.ok(rig.cabinet.powered);
    disk.onOperation(() => undefined);
    await disk.powerUp();
    const again = await storeIn(rig.cabinet.powerOn().cards.a).openBlocks('ballots.box');
    assert.ok(again.ok);
    assert.equal(await again.value.read(0, 1), { ok: true, value: Uint8Array.of(7) });
    assert.ok((await again.value.write(512, Uint8Array.of(9))).ok && (await again.value.flush()).ok);
    assert.equal(await again.value.read(512, 1), { ok: true, value: Uint8Array.of(9) });
    await again.value.close();
    assert.not.ok(reported, 'the dead program is never told');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a gate that lost its power half-way is not confirmed until it is turned again', async () => {
  const rig = makeRig();
  void rig.drivers.gate.turn('write-in');
  await passMs(rig, 100);
  rig.restart();
  await passMs(rig, 1_000);
  assert.not.ok(rig.cabinet.gate.confirmed);
  assert.is(rig.cabinet.gate.bin, 'main');
  const startMs = rig.clock.nowMs();
  assert.ok((await run(rig, rig.drivers.gate.turn('main'))).ok);
  assert.is(rig.clock.nowMs() - startMs, 150);
  assert.ok(rig.cabinet.gate.confirmed);
});

test.run();
