import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { regions } from '../../../firmware/machine/step.js';
import { sampleParts } from '../../../tools/machine-table/election.js';
import { MachineTable } from '../../../tools/machine-table/table.js';
import { stateWords } from '../../../tools/machine-table/words.js';

const test = suite('docs/machine.md');

const page = new MachineTable(await sampleParts()).markdown();

test('is what the machine does (otherwise: make machine-table)', () => {
  assert.ok(page === readFileSync('docs/machine.md', 'utf8'), 'docs/machine.md is out of date');
});

test('has every state with a way out, but for one that only the power ends and one that ends by itself', () => {
  const without = regions.flatMap((region) =>
    Object.keys(stateWords[region]).filter((state) => !page.includes(`\n| ${state} | `) || !hasWayOut(state)),
  );
  assert.equal([...new Set(without)].sort(), ['undecided', 'working']);
});

function hasWayOut(state: string): boolean {
  return page
    .split('\n')
    .some(
      (line) =>
        line.startsWith(`| ${state} | `) && line.split(' | ').length >= 4 && !line.includes('| stays |'),
    );
}

test.run();
