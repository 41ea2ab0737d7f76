import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TAPE_COLUMNS } from '../../../drivers/ports.js';
import { checkPrintable } from '../../../drivers/tape-printer/code-page.js';
import { openTapePrinter } from '../../../drivers/tape-printer/escpos.js';
import { VirtualRoll } from '../../../drivers/virtual/roll.js';
import type { ElectionDefinition } from '../../../election-def/definition.js';
import { lengthOf } from '../../../firmware/tapes/lines.js';
import { tapeText } from '../../../firmware/tapes/tape-text.js';
import { thresholdsTape } from '../../../firmware/tapes/thresholds.js';
import { systemClock } from '../../../firmware/runtime/ports.js';
import type { TapeJob } from '../../../drivers/ports.js';
import { loadSample, sampleNames } from '../../election-def/samples.js';

const test = suite('the tape of thresholds');

function tapeOf(definition: ElectionDefinition): TapeJob {
  const { sha256Hex } = loadSample('dutchess-ny');
  return thresholdsTape({
    definition,
    definitionSha256: sha256Hex,
    deviceSerial: 'TSY-0042-NY',
    wallTime: '2026-11-03T05:45:00',
  });
}

test('names the election, the unit and every threshold with its number, in lines that can be printed', () => {
  for (const name of sampleNames) {
    const { definition } = loadSample(name);
    const job = tapeOf(definition);
    const text = tapeText(job);
    for (const line of text.split('\n')) assert.ok(lengthOf(line) <= TAPE_COLUMNS, line);
    assert.ok(checkPrintable(job, 'tape').ok);
    assert.match(text, /Unit serial number \.+ TSY-0042-NY\n/);
    assert.match(text, /An oval is MARKED when all of these are so:\n/);
    assert.match(text, /END OF THRESHOLDS\n$/);
    const { light, spanMm, densityFrom } = definition.settings.markThresholds;
    for (const [key, value] of [
      ['light.markedFrom', `${100 * light.markedFrom} %`],
      ['light.blankBelow', `${100 * light.blankBelow} %`],
      ['spanMm.markedFrom', `${spanMm.markedFrom} mm`],
      ['densityFrom', `${100 * densityFrom} %`],
    ]) {
      assert.ok(
        text.split('\n').some((line) => line.startsWith(`${key} ..`) && line.endsWith(`. ${value}`)),
        `${key} ${value} in\n${text}`,
      );
    }
  }
});

test('says the numbers of this election, not the usual ones', () => {
  const { definition } = loadSample('dutchess-ny');
  const { settings } = definition;
  const markThresholds = { ...settings.markThresholds, light: { blankBelow: 0.0425, markedFrom: 0.155 } };
  const text = tapeText(tapeOf({ ...definition, settings: { ...settings, markThresholds } }));
  assert.match(text, /- 15\.5 % or more of its inside is darker/);
  assert.match(text, /- less than 4\.25 % of its inside is darker/);
});

test('is printed by the tape printer as one piece of paper', async () => {
  const roll = new VirtualRoll();
  const printer = openTapePrinter(roll.link, systemClock());
  const { definition } = loadSample('dutchess-ny');
  const printed = await printer.print(tapeOf(definition));
  assert.ok(printed.ok, JSON.stringify(printed));
  const pieces = roll.pieces().filter(({ cut }) => cut);
  assert.is(pieces.length, 1);
});

test.run();
