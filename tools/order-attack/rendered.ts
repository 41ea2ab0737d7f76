/**
 * Rendered sheets under a scan head that ages over the day: printed, marked, scanned, read and encoded by the real
 * code, then attacked by their score vectors and by their images. Lamp and dust are planted; a head that stays as it
 * is must give nothing away.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';
import { layOutElection } from '../../election-def/layout.js';
import { readDefinition } from '../../election-def/load.js';
import { buildRecord, newRecordId } from '../../firmware/records/build-record.js';
import type { CastVoteRecord } from '../../firmware/records/record.js';
import { encodePageJpeg } from '../../firmware/runtime/image-encoding.js';
import { systemRandom } from '../../firmware/runtime/ports.js';
import { readingContext } from '../../vision/context.js';
import { readSheet } from '../../vision/read-sheet.js';
import { valueOf } from '../bench/office.js';
import { markedPaper, PrintedBallots } from '../bench/paper.js';
import { scanSheet, type MarkWish, type ScannedSheet } from '../pen/marked-sheet.js';
import { randomScan, type ScanConditions } from '../pen/scan-conditions.js';
import { attackPageLevels } from './attacks/page-levels.js';
import { attackJpegs } from './attacks/jpeg.js';
import { attackScoreVectors } from './attacks/score-vectors.js';
import type { Tally } from './tally.js';

const SAMPLE = fileURLToPath(new URL('../../../election-def/samples/dutchess-ny.json', import.meta.url));
const QUALITY = 85;

/** What happens to the scan head from the first sheet to the last, in grey levels of 255. */
export interface Ageing {
  readonly name: string;
  /** The paper becomes brighter by this as the lamp warms up. */
  readonly lampLevels: number;
  /** One column becomes darker by this under a grain of dust that grows. */
  readonly dustLevels: number;
}

export const steady: Ageing = { name: 'a head that stays as it is', lampLevels: 0, dustLevels: 0 };
export const ageings: readonly ((share: number) => Ageing)[] = [
  (share) => ({ name: 'a lamp that warms up', lampLevels: 12 * share, dustLevels: 0 }),
  (share) => ({ name: 'dust that grows on the glass', lampLevels: 0, dustLevels: 40 * share }),
];

/** One day under such a head. */
export async function attackRendered(
  tally: Tally,
  seed: string,
  sheets: number,
  ageing: Ageing,
): Promise<void> {
  const loaded = valueOf(readDefinition(new Uint8Array(readFileSync(SAMPLE)), 'dutchess-ny.json'));
  const layouts = valueOf(layOutElection(loaded));
  const layout = must(layouts[0], 'a layout');
  const ballots = new PrintedBallots(loaded, layouts);
  const context = readingContext(layouts, loaded.hash20, loaded.definition.settings.markThresholds);
  const day = seededRandom(seed);
  const head = headOf(day.fork('head'));
  const records: CastVoteRecord[] = [];
  const jpegs: Uint8Array[] = [];
  for (let at = 0; records.length < sheets; at++) {
    const share = records.length / Math.max(1, sheets - 1);
    const voter = day.fork(`voter ${at}`);
    const wish = {
      precinctId: layout.precinctId,
      marks: someMarks(layout.sheets[0]?.front.ovals ?? [], voter),
    };
    const paper = await markedPaper(ballots, wish, `${seed}/${at}`);
    const conditions = conditionsOf(head, voter, share, ageing);
    const scan = scanSheet(paper, { orientation: 'front-head-first', conditions, seed: `${seed}/${at}` });
    layDust(scan, ageing.dustLevels * share);
    const result = readSheet(scan.first, scan.second, context);
    // A sheet that is given back is not cast, and leaves neither record nor image.
    if (result.kind !== 'read' || hasDoubt(result.front.ovals) || hasDoubt(result.back.ovals)) continue;
    const recordContext = {
      definition: loaded.definition,
      definitionSha256: loaded.sha256Hex,
      layout,
      deviceSerial: 'TS-0001',
      mode: 'official' as const,
      simulated: true,
    };
    records.push(buildRecord(result, recordContext, 'main', newRecordId(systemRandom)));
    jpegs.push(await encodePageJpeg(scan.first, QUALITY));
  }
  const ids = records.map(({ id }) => id);
  const truth = { ids, slots: [] };
  const pages = await Promise.all(jpegs.map(decoded));
  tally.judge('score vectors of rendered sheets', 'export', attackScoreVectors(records), truth);
  tally.judge('JPEG files of rendered sheets', 'images', attackJpegs(ids, jpegs), truth);
  tally.judge('rendered images', 'images', attackPageLevels(ids, pages), truth);
}

function hasDoubt(ovals: readonly { readonly verdict: string }[]): boolean {
  return ovals.some(({ verdict }) => verdict === 'ambiguous');
}

/** One mark on the front, by each voter's own choice. */
function someMarks(
  ovals: readonly { readonly contestId: string; readonly optionId: string }[],
  voter: SeededRandom,
): readonly MarkWish[] {
  const { contestId, optionId } = voter.pick(ovals.filter((oval) => !oval.optionId.startsWith('write-in')));
  return [{ contestId, optionId, kind: 'full' }];
}

/** What is the machine's own and the same for each sheet. */
type Head = Pick<
  ScanConditions,
  'blurPx' | 'gradient' | 'gradientAlong' | 'noiseSigma' | 'columnGainSigma' | 'surroundLevel'
> & { readonly paperLevel: number; readonly inkLevel: number };

function headOf(random: SeededRandom): Head {
  const { blurPx, gradient, gradientAlong, noiseSigma, columnGainSigma } = randomScan(random);
  return {
    blurPx,
    gradient,
    gradientAlong,
    noiseSigma,
    columnGainSigma,
    surroundLevel: 20,
    paperLevel: 225,
    inkLevel: 40,
  };
}

/** The sheet's own lie and paper, under the machine's head as it is at this time of the day. */
function conditionsOf(head: Head, voter: SeededRandom, share: number, ageing: Ageing): ScanConditions {
  const lamp = ageing.lampLevels * share;
  return {
    ...randomScan(voter.fork('scan')),
    ...head,
    paperLevel: head.paperLevel + lamp + voter.gaussian(0, 0.5),
    inkLevel: head.inkLevel + (lamp * head.inkLevel) / head.paperLevel + voter.gaussian(0, 0.5),
  };
}

/** Under a grain of dust every line is darker at the same place. */
function layDust(scan: ScannedSheet, levels: number): void {
  const { data, widthPx, heightPx } = scan.first;
  const column = Math.round(widthPx * 0.43);
  for (let y = 0; y < heightPx; y++) {
    const at = y * widthPx + column;
    data[at] = Math.max(0, Math.round((data[at] ?? 0) - levels));
  }
}

async function decoded(jpeg: Uint8Array): Promise<GreyPage> {
  const { data, info } = await sharp(jpeg).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, data: new Uint8Array(data), dpi: 200 };
}
