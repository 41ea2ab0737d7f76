/**
 * `make bench-box`: what takes minutes and gigabytes to measure. The start of a machine with a day's ballots aboard, an
 * export of 10,000 ballots verified, a day's log exported. Some 10 GB of the folder for temporary files are used and
 * given back. Other numbers of ballots: `node dist/tools/benchmarks/box-main.js 300 1000`.
 */
import { benchLogExport } from './log-day.js';
import { table, type Row } from './measure.js';
import { benchPaper } from './pages.js';
import { benchStartUp } from './start-up.js';
import { benchVerify } from './verify-export.js';

const [aboard = 3000, exported = 10_000] = process.argv.slice(2).map(Number);

function report(rows: readonly Row[]): void {
  console.log(table(rows));
}

report(benchLogExport(aboard));
report(await benchStartUp(aboard));
report(await benchVerify(await benchPaper('letter', 4), exported));
