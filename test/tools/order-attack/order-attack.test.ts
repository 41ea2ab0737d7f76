/** The whole suite, small: the honest machine gives nothing away, and every planted leak is found. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemRandom } from '../../../firmware/runtime/ports.js';
import { attackOnCardFolders } from '../../../tools/order-attack/card-folder.js';
import { HONEST } from '../../../tools/order-attack/plant.js';
import { plants } from '../../../tools/order-attack/plants.js';
import { describe, leaksIn } from '../../../tools/order-attack/report.js';
import { attackElections } from '../../../tools/order-attack/run-elections.js';
import { Tally } from '../../../tools/order-attack/tally.js';

const test = suite('order attack');
const SMALL = { elections: 4, ballots: 80, seed: 'test' };

test('nobody can tell the order on the honest machine', async () => {
  const tally = new Tally(systemRandom);
  await attackElections({ ...SMALL, elections: 5, exportEvery: 5, plant: HONEST }, tally);
  await attackOnCardFolders(tally, 'test', 20);
  const verdicts = tally.verdicts();
  assert.ok(verdicts.length > 300, `${verdicts.length} statistics`);
  // The system's generator is not seeded: by chance one run in 1,000 would fail here, so a second one decides.
  if (leaksIn(verdicts).length === 0) return;
  const again = await attackElections({ ...SMALL, elections: 5, exportEvery: 5, plant: HONEST });
  assert.equal(leaksIn(again.verdicts()).map(describe), []);
});

for (const make of plants) {
  const plant = make(1);
  test(`found: ${plant.name}`, async () => {
    const exportEvery = plant.exported === undefined ? Infinity : 1;
    // What shows once an image needs more of them than what shows in each ballot.
    const elections = plant.card === undefined ? 2 : SMALL.elections;
    const tally = await attackElections({ ...SMALL, elections, exportEvery, plant });
    assert.ok(leaksIn(tally.verdicts()).length > 0);
  });
}

test.run();
