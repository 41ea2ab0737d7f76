/**
 * `make bench`: timings against the frozen OpenCV chain, in the same run on the same images. A table for people and
 * out/bench.json: `[{"name","unit","value","baseline","ratio"}]`, where a baseline is in the value's unit and `ratio`
 * says how many times faster the value is. Never a gate: a busy computer is no fault of the reader.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { benchEarlyFaults } from './early.js';
import { InterpretBenchmark } from './interpret.js';
import { table, type Row } from './measure.js';
import { benchPaper, densePaper } from './pages.js';
import { benchCollections, benchFinalise, benchStart } from './thread.js';
import { benchStoring } from './storing.js';

const OUT = fileURLToPath(new URL('../../../out/', import.meta.url));
const SHEETS = 4;

const rows: Row[] = [];
function report(more: readonly Row[]): void {
  rows.push(...more);
  console.log(table(more));
}

const letter = await benchPaper('letter', SHEETS);
const legal = await benchPaper('legal', SHEETS);
const long = await benchPaper('22-inch', SHEETS);
const dense = await densePaper(SHEETS);

report(await benchStart(letter));
const interpret = new InterpretBenchmark();
report(interpret.run('letter', letter));
report(interpret.run('letter with 250 ovals', dense));
report(interpret.run('legal', legal));
report(interpret.run('22 inch', long));
report(await benchFinalise('letter', letter));
report(await benchFinalise('letter with 250 ovals', dense));
report(await benchFinalise('22 inch', long));
report(benchEarlyFaults(letter));
report(await benchCollections(letter));
report(await benchStoring('letter', letter, 200));
report(await benchStoring('22 inch', long, 30));

mkdirSync(OUT, { recursive: true });
writeFileSync(`${OUT}bench.json`, `${JSON.stringify(rows, null, 2)}\n`);
console.log(`\n${rows.length} rows, also in out/bench.json`);
