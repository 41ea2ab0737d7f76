import { MessageChannel, Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PackedReadSide } from '../../vision/packed-sheet.js';
import { handoverState, SideHandover } from '../../vision/side-handover.js';

const test = suite('handing the second side over');

const named = (detail: string): PackedReadSide => ({
  kind: 'rejected',
  reject: { reason: 'no-timing-marks', detail },
});

function bothEnds() {
  const { port1, port2 } = new MessageChannel();
  const state = handoverState();
  const [seconds, firsts] = [
    new SideHandover({ port: port1, state }),
    new SideHandover({ port: port2, state }),
  ];
  return { seconds, firsts, state, port1 };
}

test('each side arrives under the number of its sheet, and once', () => {
  const { seconds, firsts, port1 } = bothEnds();
  seconds.ready();
  firsts.awaitReady();
  for (let id = 1; id <= 50; id++) {
    seconds.give(id, named(`sheet ${id}`));
    assert.equal(firsts.take(id), named(`sheet ${id}`));
  }
  port1.close();
});

test('the one that is done first waits for the other, however long that takes', async () => {
  const { port1, port2 } = new MessageChannel();
  const state = handoverState();
  const module = JSON.stringify(new URL('../../vision/side-handover.js', import.meta.url).href);
  const program = `
    const { workerData } = require('node:worker_threads');
    import(${module}).then(async ({ SideHandover }) => {
      const handover = new SideHandover(workerData.end);
      handover.ready();
      for (let id = 1; id <= 3; id++) {
        await new Promise((done) => setTimeout(done, 20 * id));
        handover.give(id, { kind: 'rejected', reject: { reason: 'no-timing-marks', detail: \`sheet \${id}\` } });
        // The next one is only asked for when this one has been taken.
        await new Promise((done) => setTimeout(done, 100));
      }
    });`;
  const worker = new Worker(program, {
    eval: true,
    workerData: { end: { port: port1, state } },
    transferList: [port1],
  });
  const failed = new Promise<never>((_, reject) => worker.on('error', reject));
  const firsts = new SideHandover({ port: port2, state });
  const taken = (async () => {
    await Promise.resolve();
    firsts.awaitReady();
    return [1, 2, 3].map((id) => firsts.take(id));
  })();
  assert.equal(
    await Promise.race([taken, failed]),
    [1, 2, 3].map((id) => named(`sheet ${id}`)),
  );
  await worker.terminate();
});

test('a side that nobody asked for is not taken for the one that was', () => {
  const { seconds, firsts, state, port1 } = bothEnds();
  seconds.ready();
  seconds.give(7, named('sheet 7'));
  Atomics.store(state, 0, 8);
  assert.throws(() => firsts.take(8), /of sheet 8, and not of sheet 7/);
  port1.close();
});

test.run();
