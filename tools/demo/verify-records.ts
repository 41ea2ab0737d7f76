/**
 * Paper, records, images and counters of a day, each held against the sheets as they were fed: the paper in the bins
 * by identity, the records as a multiset, and each record against the very sheet that its own images show.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { equalBytes } from '../../ground/bytes.js';
import { greyPage, type GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import type { StoredBallot } from '../../firmware/ballot-box/slot.js';
import { readingContext } from '../../vision/context.js';
import { readSheet } from '../../vision/read-sheet.js';
import type { Checks } from './checks.js';
import type { Opened } from './opened.js';
import { expectedBin, type TrueSheet } from './truth.js';
import type { FedSheet, World } from './world.js';

/** The paper itself. */
export function verifyPaper(world: World, { counted }: Opened, checks: Checks): void {
  const { bins } = world.bench.cabinet;
  for (const bin of ['main', 'write-in'] as const) {
    const own = counted.filter(({ truth }) => expectedBin(truth) === bin);
    const kind = bin === 'main' ? 'without a write-in' : 'with a write-in';
    const name = `the ${bin} bin holds ${bins[bin].length} sheets, as many as were counted ${kind}`;
    checks.equal(name, bins[bin].length, own.length);
    for (const { sheet, truth } of own) {
      const times = bins[bin].filter((one) => one === sheet).length;
      checks.equal(`${truth.label} lies in the ${bin} bin once`, times, 1);
    }
  }
  const all = new Set([...bins.main, ...bins['write-in']]);
  const strange = [...all].filter((sheet) => !counted.some((one) => one.sheet === sheet));
  const labels = strange.map((sheet) => sheet.label);
  checks.equal('no sheet that was not counted lies in a bin', labels, []);
  checks.equal('no sheet is left in the paper path', world.bench.cabinet.inPath().length, 0);
}

export function verifyCounters(world: World, opened: Opened, checks: Checks): void {
  const { bench, protectiveAtStart } = world;
  const { counted, exported, ballots } = opened;
  const { bins, counter } = bench.cabinet;
  const inBins = bins.main.length + bins['write-in'].length;
  checks.equal('there are as many sheets in the bins as were counted', inBins, counted.length);
  checks.equal('there are as many records as sheets in the bins', ballots.length, inBins);
  checks.equal('the export states as many sheets', exported?.totals.sheets, counted.length);
  const grown = counter.value - protectiveAtStart;
  checks.equal('the protective counter went on by one for each sheet', grown, counted.length);
}

export async function verifyRecords(opened: Opened, checks: Checks): Promise<void> {
  const { counted, ballots, exported, election } = opened;
  const said = ballots.map(({ record }) =>
    inWords(record.precinctId, record.sheet, record.bin, marksOf(record)),
  );
  const true_ = counted.map(({ truth }) => truthInWords(truth));
  checks.equal('the records say what the counted sheets say, each once', said.sort(), true_.sort());
  const ids = ballots.map(({ record }) => record.id);
  checks.check(
    'every record has an id of 128 bits',
    ids.every((id) => /^[0-9a-f]{32}$/.test(id)),
  );
  checks.equal('no two records have one id', new Set(ids).size, ids.length);
  checks.equal('the records stand in the order of their ids', ids, [...ids].sort());
  const ours = ballots.every(
    ({ record }) =>
      record.electionId === election.definition.id &&
      record.definitionSha256 === election.definitionSha256 &&
      record.mode === election.mode &&
      record.simulated,
  );
  checks.check('every record names this election, its definition, its mode, and says SIMULATED', ours);
  if (exported === undefined) return;
  const sameDefinition = equalBytes(exported.definitionBytes, election.definitionBytes);
  checks.check('the export carries the very definition of the package', sameDefinition);
  verifyStatedTotals(opened, checks);
  const times = new Set<number>();
  const names = await readdir(opened.exportFolder, { recursive: true });
  for (const name of ['', ...names]) times.add((await stat(join(opened.exportFolder, name))).mtimeMs);
  checks.equal('all files and folders of the export have one and the same time', times.size, 1);
}

/** The totals that the device wrote into the export. */
function verifyStatedTotals({ exported, expected }: Opened, checks: Checks): void {
  const stated = must(exported, 'an export').totals;
  checks.equal('the export states the sheets of each bin', stated.bins, {
    main: expected.bins.main,
    writeIn: expected.bins['write-in'],
  });
  checks.equal('the export states the ballots', stated.ballots, expected.ballots);
  for (const precinct of expected.precincts) {
    const { precinctId } = precinct;
    const found = stated.precincts.find((one) => one.precinctId === precinctId);
    const counts = { ballots: found?.ballots, blankSheets: found?.blankSheets };
    const { ballots, blankSheets } = precinct;
    checks.equal(`the export states ballots and blank sheets of ${precinctId}`, counts, {
      ballots,
      blankSheets,
    });
    for (const contest of precinct.contests) {
      const own = found?.contests.find((one) => one.contestId === contest.contestId);
      const onNoLine = own?.candidateOnly.filter((one) => one.votes > 0) ?? [];
      const said = {
        contestId: own?.contestId,
        ballots: own?.ballots,
        overvotes: own?.overvotes,
        undervotes: own?.undervotes,
        votes: Object.fromEntries((own?.options ?? []).map(({ optionId, votes }) => [optionId, votes])),
        onNoLine: Object.fromEntries(onNoLine.map(({ candidateId, votes }) => [candidateId, votes])),
      };
      checks.equal(`the export’s totals of ${contest.contestId} in ${precinctId}`, said, contest);
    }
  }
}

/** The pictures of each record, and the sheet that they show. */
export async function verifyImages(opened: Opened, checks: Checks): Promise<void> {
  const { ballots, counted, election } = opened;
  const context = readingContext(
    election.layouts,
    election.hash20,
    election.definition.settings.markThresholds,
  );
  const shown: FedSheet[] = [];
  for (const { record, images } of ballots) {
    const { styleId, precinctId, sheet, bin } = record;
    const name = `a record of ${precinctId}, sheet ${sheet}`;
    const front = await decoded(images.front);
    const back = await decoded(images.back);
    checks.check(`${name}: both images can be decoded`, front !== undefined && back !== undefined);
    if (front === undefined || back === undefined) continue;
    const found = sheetShown(front, back, counted);
    checks.check(`${name}: its images show a sheet that was counted`, found !== undefined);
    if (found === undefined) continue;
    shown.push(found);
    const says = inWords(precinctId, sheet, bin, marksOf(record));
    checks.equal(`${name}: it says what the sheet in its images says`, says, truthInWords(found.truth));
    const read = readSheet(front, back, context);
    const again = read.kind === 'read' && read.styleId === styleId && read.frontImage === 'first';
    checks.check(`${name}: its images can be read again, front first`, again);
    if (read.kind !== 'read') continue;
    const turned = [...read.front.ovals, ...read.back.ovals].filter(
      ({ contestId, optionId, verdict }) =>
        verdict !== 'ambiguous' &&
        (verdict === 'marked') !== marksOf(record).includes(`${contestId}/${optionId}`),
    );
    checks.equal(`${name}: reading its images again finds the same marks`, turned.length, 0);
  }
  checks.equal('each counted sheet is in the images of one record', new Set(shown).size, counted.length);
  verifyOrder(shown, counted, checks);
}

/** Below this the order of feeding could come about by chance. */
const FEWEST_FOR_ORDER = 10;

function verifyOrder(shown: readonly FedSheet[], counted: readonly FedSheet[], checks: Checks): void {
  if (counted.length < FEWEST_FOR_ORDER) return;
  const places = shown.map((sheet) => counted.indexOf(sheet));
  const rising = [...places].sort((a, b) => a - b);
  const inOrder = [rising, rising.toReversed()].some((order) => order.every((at, i) => at === places[i]));
  checks.check('the records do not stand in the order of feeding', !inOrder);
}

function marksOf(record: StoredBallot['record']): readonly string[] {
  return record.contests.flatMap(({ contestId, positions }) =>
    positions.filter((one) => one.verdict === 'marked').map(({ optionId }) => `${contestId}/${optionId}`),
  );
}

function truthInWords(truth: TrueSheet): string {
  const marks = truth.marks.map(({ contestId, optionId }) => `${contestId}/${optionId}`);
  return inWords(truth.precinctId, truth.sheet, expectedBin(truth), marks);
}

function inWords(precinctId: string, sheet: number, bin: string, marks: readonly string[]): string {
  return `${precinctId}, sheet ${sheet}, ${bin} bin: ${[...new Set(marks)].sort().join(' ')}`;
}

const LARGEST_IMAGE_PX = 40e6;
/** The resolution of all scans here. */
const DPI = 200;

async function decoded(jpeg: Uint8Array): Promise<GreyPage | undefined> {
  try {
    const image = sharp(jpeg, { limitInputPixels: LARGEST_IMAGE_PX });
    const { format } = await image.metadata();
    const { data, info } = await image.greyscale().raw().toBuffer({ resolveWithObject: true });
    return format === 'jpeg' ? greyPage(info.width, info.height, DPI, new Uint8Array(data)) : undefined;
  } catch {
    return undefined;
  }
}

/** Pixels compared: one in so many, along and across. */
const STEP_PX = 7;
/** What JPEG may change on average, of 255. Two ballots of one style differ by more. */
const MOST_DIFFERENCE = 8;

/** The counted sheet whose scans these are, whichever way up it was fed. */
function sheetShown(front: GreyPage, back: GreyPage, counted: readonly FedSheet[]): FedSheet | undefined {
  let best: { readonly fed: FedSheet; readonly difference: number } | undefined;
  for (const fed of counted) {
    const { first, second } = fed.sheet;
    const oneWay = Math.max(difference(front, first), difference(back, second));
    const otherWay = Math.max(difference(front, second), difference(back, first));
    const nearer = Math.min(oneWay, otherWay);
    if (nearer < (best?.difference ?? MOST_DIFFERENCE)) best = { fed, difference: nearer };
  }
  return best?.fed;
}

/** Mean difference in grey; infinite for pages of different size. */
function difference(a: GreyPage, b: GreyPage): number {
  if (a.widthPx !== b.widthPx || a.heightPx !== b.heightPx) return Infinity;
  let [sum, count] = [0, 0];
  for (let y = 0; y < a.heightPx; y += STEP_PX) {
    for (let i = y * a.widthPx; i < (y + 1) * a.widthPx; i += STEP_PX) {
      sum += Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0));
      count += 1;
    }
  }
  return sum / count;
}
