/**
 * A real process, killed with SIGKILL somewhere in its day: the page cache survives, the program does not come to the
 * end of its line. The process starts the machine on three folders and lets voters come; what its witness notes comes
 * through a pipe, so that the last moment before the kill is known. Then the machine is looked at as after any cut.
 *
 *   node dist/tools/powercut/killed.js ORDER.json     (the process that is killed)
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { must } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import { leaveDark, benchAsLeft, lookAfterCut } from './after-the-cut.js';
import { forPlaces, PLACES, type OfPlaces } from './cut.js';
import { NO_CUTS, sum, type Tally } from './replay.js';
import { makeSite, openSite, siteFile, type Site } from './site.js';
import { openPolls, startAndVote, voters } from './voters.js';
import { Witness, type Moment } from './witness.js';

const OWN_FILE = fileURLToPath(import.meta.url);
const NO_LOGS: OfPlaces<number> = { a: 0, b: 0, internal: 0 };
/** Moments of a start and six voters: a little more than the process lives to see. */
const MOST_MOMENTS = 520;
const LONGEST_LIFE_MOMENTS = 5_000;

/** What the process is told, in a file of JSON. */
interface Order {
  readonly site: ReturnType<typeof siteFile>;
  readonly folders: OfPlaces<string>;
  readonly before: Moment;
  readonly seed: string;
}

/** Kills so many processes, each at a moment of its own, and looks at what each left. */
export async function killProcesses(folder: string, kills: number, seed: string): Promise<Tally> {
  const random = seededRandom(`${seed}/kills`);
  const master = forPlaces((place) => join(folder, 'master', place));
  for (const place of PLACES) mkdirSync(master[place], { recursive: true });
  const { site, before } = await prepareMaster(folder, master, seed);
  let tally = NO_CUTS;
  for (let n = 0; n < kills; n++) {
    const folders = forPlaces((place) => join(folder, 'killed', place));
    for (const place of PLACES) {
      rmSync(folders[place], { recursive: true, force: true });
      cpSync(master[place], folders[place], { recursive: true });
    }
    const order: Order = { site: siteFile(site), folders, before, seed: `${seed}/${n}` };
    const path = join(folder, 'order.json');
    writeFileSync(path, JSON.stringify(order));
    const last = (await lifeOf(path, random.integer(1, MOST_MOMENTS))) ?? before;
    const { said, findings } = await lookAfterCut(site, folders, last);
    const cut = { moment: n, entries: NO_LOGS, seed: order.seed };
    const broken = findings.length === 0 ? [] : [{ cut, during: last.what, findings }];
    tally = sum(tally, { cuts: 1, said: { ...NO_CUTS.said, [said]: 1 }, broken });
  }
  return tally;
}

/** Polls open, three voters, power off: where every process begins. */
async function prepareMaster(
  folder: string,
  master: OfPlaces<string>,
  seed: string,
): Promise<{ site: Site; before: Moment }> {
  const moments: Moment[] = [];
  const witness = new Witness(
    () => NO_LOGS,
    (moment) => moments.splice(0, 1, moment),
  );
  const { site, bench } = await makeSite(join(folder, 'site'), (place, label) =>
    witness.store(folderStore(master[place], label)),
  );
  await openPolls(site, bench);
  witness.follow(bench);
  await voters(site, bench, witness, { first: 1, ballots: 3, seed });
  await leaveDark(bench);
  return { site, before: must(moments[0], 'a moment') };
}

/** Kills the process when it has come to this moment; the last one that it told of, or nothing. */
function lifeOf(orderPath: string, moments: number): Promise<Moment | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [OWN_FILE, orderPath], { stdio: ['ignore', 'pipe', 'pipe'] });
    let told = '';
    let seen = 0;
    let last: string | undefined;
    let failed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (told + chunk.toString('utf8')).split('\n');
      told = lines.pop() ?? '';
      seen += lines.length;
      last = lines.at(-1) ?? last;
      if (seen >= moments) child.kill('SIGKILL');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (failed.length < 4_096) failed += chunk.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', (code) => {
      // A process that came to the end of its day is one that was never killed: it ends well, and is looked at too.
      if (code !== null && code !== 0) reject(new Error(`the process failed by itself: ${failed}`));
      else resolve(last === undefined ? undefined : (JSON.parse(last) as Moment));
    });
  });
}

/** The life of the process that is killed. */
async function live(orderPath: string): Promise<void> {
  const { site: file, folders, before, seed } = JSON.parse(readFileSync(orderPath, 'utf8')) as Order;
  const site = await openSite(file);
  let moments = 0;
  const tell = (moment: Moment): void => {
    moments += 1;
    if (moments < LONGEST_LIFE_MOMENTS) writeSync(1, `${JSON.stringify(moment)}\n`);
  };
  const witness = new Witness(() => NO_LOGS, tell, before);
  const bench = await benchAsLeft(
    site,
    (place, label) => witness.store(folderStore(folders[place], label)),
    before,
  );
  await startAndVote(site, bench, witness, { first: (before.last?.number ?? 0) + 1, ballots: 6, seed });
}

if (process.argv[1] === OWN_FILE) await live(must(process.argv[2], 'an order'));
