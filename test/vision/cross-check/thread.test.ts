import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { greyPage } from '../../../ground/grey-page.js';
import { systemClock } from '../../../firmware/runtime/ports.js';
import { crossCheckSide } from '../../../vision/cross-check/cross-check.js';
import { CrossChecker, type CrossCheckClock } from '../../../vision/cross-check/thread.js';
import { paintPage, plainScan } from '../paint-page.js';
import { contextOf, filled, sideOf } from '../reading-bench.js';

/** The thread runs from built files. */
const test = suite('the second opinion in its thread');

const front = sideOf('letter', 'front');
const page = paintPage({ ...front, ink: [filled(front, 4)] }, plainScan('letter'), 'front');
const { layouts, electionHash20 } = contextOf('letter');
const election = { layouts, electionHash20 };

test('says what it says here, one side at a time', async () => {
  const checker = new CrossChecker(election, systemClock());
  const [first, second] = await Promise.all([checker.read(page), checker.read(page)]);
  assert.is(JSON.stringify(first), JSON.stringify({ ok: true, value: crossCheckSide(page, election) }));
  assert.is(!second.ok && second.error.code, 'cross-check-busy');
  const blank = await checker.read(greyPage(1728, 2200, 200));
  assert.ok(blank.ok && blank.value.kind === 'rejected');
  await checker.close();
});

test('takes too long: a problem, and the next side is read again', async () => {
  const timers: (() => void)[] = [];
  const clock: CrossCheckClock = {
    nowMs: () => 0,
    setTimer: (_atMs, due) => {
      timers.push(due);
      return () => undefined;
    },
  };
  const checker = new CrossChecker(election, clock);
  const late = checker.read(page);
  timers[0]?.();
  const answer = await late;
  assert.is(!answer.ok && answer.error.code, 'cross-check-timed-out');
  assert.ok((await checker.read(page)).ok);
  await checker.close();
});

test.run();
