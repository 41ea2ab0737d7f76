/** The fixed share of mutations that every change of this project runs: 10,000, from one seed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { seededRandom } from '../../../ground/seeded-random.js';
import { UNFOUND, type Artefact } from '../../../tools/mutate/artefact.js';
import { artefactsOf, campaign, type Row } from '../../../tools/mutate/campaign.js';
import { mutationDay } from '../../../tools/mutate/day.js';
import { changed } from '../../../tools/mutate/operators.js';

const test = suite('mutations');
const MUTATIONS = 10_000;

function sum(rows: readonly Row[], of: (row: Row) => number): number {
  return rows.reduce((total, row) => total + of(row), 0);
}

test('10,000 changes of what an election day signs: each is found, or changes nothing that is signed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-mutate-'));
  try {
    const rows = await campaign(artefactsOf(await mutationDay(folder)), MUTATIONS, 'every change', () => 0);
    assert.equal(
      rows.flatMap(({ failures }) => failures),
      [],
    );
    const harmless = sum(rows, (row) => [...row.harmless.values()].reduce((total, n) => total + n, 0));
    assert.ok(sum(rows, ({ tried }) => tried) >= MUTATIONS);
    assert.is(
      sum(rows, ({ found }) => found) + harmless,
      sum(rows, ({ tried }) => tried),
    );
    for (const row of rows) assert.ok(row.found > 10, `${row.name} was really changed`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('what is not found, and a verifier that throws, are failures with the number that replays them', async () => {
  const blind: Artefact = {
    name: 'blind',
    weight: 1,
    attempt: (random) => {
      if (random.chance(0.5)) throw new Error('fell over');
      return Promise.resolve({ what: 'bit 1 of byte 2', outcome: UNFOUND });
    },
  };
  const [row] = await campaign([blind], 8, 'seed', () => 0);
  assert.is(row?.failures.length, 8);
  assert.match(row?.failures.join('\n') ?? '', /ONE="blind:\d"  NOT FOUND: bit 1 of byte 2/);
  assert.match(row?.failures.join('\n') ?? '', /ONE="blind:\d"  the verifier threw: Error: fell over/);
});

test('a mutation is never the same bytes again, and a seed gives it again', () => {
  const bytes = new Uint8Array(Buffer.from('{\n "a": [1, 2, 3],\n "b": {"c": "d"}\n}\n'));
  for (let i = 0; i < 300; i++) {
    const one = changed(bytes, 'json', seededRandom(`m${i}`));
    assert.not.equal(one.bytes, bytes);
    assert.equal(changed(bytes, 'json', seededRandom(`m${i}`)), one);
  }
});

test.run();
