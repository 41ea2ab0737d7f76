/** One of the threads of `make accuracy`: prints its ballots once, then does job after job. */
import { parentPort } from 'node:worker_threads';
import { assert, must } from '../../ground/result.js';
import { loadWasmKernels } from '../../vision/kernels/wasm.js';
import { valueOf } from '../bench/office.js';
import { sampleElections, type SampleElection } from './ballots.js';
import { readInnocentStrips, readStreaks } from './innocent.js';
import type { Done, FromThread, Job, ToThread } from './job.js';
import { printLattice, type Lattice } from './lattice.js';
import { sweepCoverage, sweepDensity } from './mark-sweeps.js';
import { readPages } from './pages.js';
import { readPencilLines } from './pencil-lines.js';
import { readChunk } from './positions.js';
import { scanAgain } from './same-sheet.js';
import type { SideResiduals, StripReader } from './scanned-strip.js';
import { askTwice } from './second-opinion.js';
import { FACTORS, pairsOf, sweepOne, sweepPair } from './sweeps.js';

class Workshop {
  residuals: readonly SideResiduals[] = [];

  private constructor(
    private readonly elections: readonly SampleElection[],
    private readonly lattice: Lattice,
  ) {}

  static async open(): Promise<Workshop> {
    const kernels = valueOf(loadWasmKernels());
    return new Workshop(sampleElections(kernels), await printLattice(kernels));
  }

  async do(job: Job): Promise<Done> {
    switch (job.kind) {
      case 'pages':
        return { kind: job.kind, result: await readPages(this.elections, job.group, job.seed, job.sheets) };
      case 'positions':
        return { kind: job.kind, result: readChunk(this.#reader(), job.seed, job.strips) };
      case 'pencil-lines':
        return { kind: job.kind, result: readPencilLines(this.#reader(), job.seed, job.strips) };
      case 'innocent': {
        const result = readInnocentStrips(this.#reader(), job.what, job.seed, job.strips);
        return { kind: job.kind, what: job.what, result };
      }
      case 'streaks':
        return { kind: job.kind, result: readStreaks(this.lattice, job.seed, job.sides) };
      case 'same-sheet': {
        const result = scanAgain(this.lattice, job.sheetSeed, job.scanSeed, job.scans);
        return { kind: job.kind, result };
      }
      case 'second-opinion':
        return { kind: job.kind, result: await askTwice(this.elections, job.seed, job.sheets) };
      case 'sweep': {
        const factor = must(FACTORS[job.factor], 'a factor');
        return { kind: job.kind, result: await sweepOne(this.elections, factor, job.seed, job.sheets) };
      }
      case 'pair': {
        const pair = must(pairsOf(FACTORS)[job.pair], 'a pair of factors');
        return { kind: job.kind, result: await sweepPair(this.elections, pair, job.seed) };
      }
      case 'mark-sweep': {
        const sweep = job.what === 'density' ? sweepDensity : sweepCoverage;
        return { kind: job.kind, result: sweep(this.#reader(), job.seed) };
      }
    }
  }

  #reader(): StripReader {
    const { strip, context } = this.lattice;
    assert(this.residuals.length > 0, 'strips are read after pages have given their errors of registration');
    return { strip, kernels: context.kernels, thresholds: context.thresholds, residuals: this.residuals };
  }
}

const port = must(parentPort ?? undefined, 'this file runs as a thread');
const say = (message: FromThread): void => port.postMessage(message);
const workshop = await Workshop.open();

port.on('message', (message: ToThread) => {
  if (message.kind === 'residuals') {
    workshop.residuals = message.residuals;
    return;
  }
  workshop.do(message.job).then(
    (done) => say({ kind: 'done', done }),
    (error: unknown) =>
      say({ kind: 'failed', why: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
say({ kind: 'ready' });
