import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { valueOf } from '../../../tools/bench/office.js';
import { entriesWithin, LOG_SECTOR_BYTES, readWriteLog } from '../../../tools/powercut/write-log.js';
import { logBytes } from './log-bytes.js';

const test = suite('write log');

test('writes and flushes come in the order in which the device was given them', () => {
  const log = logBytes([{ sector: 8, fill: 7, sectors: 2 }, 'flush', { sector: 1, fill: 9, sectors: 1 }]);
  const [first, flush, second, more] = valueOf(readWriteLog(log, 'log'));
  assert.is(first?.write?.at, 8 * 512);
  assert.equal([...(first?.write?.bytes ?? [])], Array<number>(1024).fill(7));
  assert.is(first?.flush, false);
  assert.is(flush?.flush, true);
  assert.is(flush?.write, undefined);
  assert.is(second?.write?.at, 512);
  assert.is(second?.endByte, log.length);
  assert.is(more, undefined);
});

test('an entry that was not yet whole is left out', () => {
  const log = logBytes([
    { sector: 8, fill: 7, sectors: 2 },
    { sector: 1, fill: 9, sectors: 1 },
  ]);
  assert.is(valueOf(readWriteLog(log.subarray(0, log.length - 1), 'log')).length, 1);
});

test('a log of so many bytes holds so many entries', () => {
  const log = logBytes([{ sector: 8, fill: 7, sectors: 2 }, 'flush']);
  const entries = valueOf(readWriteLog(log, 'log'));
  assert.equal(
    [LOG_SECTOR_BYTES, 4 * LOG_SECTOR_BYTES - 1, 4 * LOG_SECTOR_BYTES, log.length].map((bytes) =>
      entriesWithin(entries, bytes),
    ),
    [0, 0, 1, 2],
  );
});

test('something else is refused with a reason', () => {
  const refused = readWriteLog(new Uint8Array(4096), 'card-a.log');
  assert.is(refused.ok, false);
  if (!refused.ok) assert.match(refused.error.reason, 'no write log');
});

test.run();
