/**
 * Scans of other vendors' ballots, marked and degraded at random, each read against its own blank and others. Every
 * draw comes from one seed that a message names. FOREIGN_SCANS=600 runs more of them.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { defaultMarkThresholds } from '../../../election-def/mark-thresholds.js';
import { greyPage, type GreyPage } from '../../../ground/grey-page.js';
import { must } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { photograph } from '../../../tools/pen/not-a-ballot.js';
import {
  foreignTemplate,
  readForeignPage,
  type ForeignReading,
  type ForeignTemplate,
} from '../../../vision/foreign/foreign-page.js';
import { otherStyles } from './other-ballots.js';
import { markPage, officeScan, randomOfficeScan, type OfficeScan } from './other-scans.js';
import { sampleStyle, type SampleStyle } from './sample-styles.js';

const test = suite('foreign page');

const SCANS = Number(process.env['FOREIGN_SCANS'] ?? 49);
/** A clear mark: this share of the inside is darker by a quarter of the range (fainter is between pencil and smudge). */
const CLEAR_SHARE = 0.15;
const CLEAR_DROP = 0.25;

let styles: readonly SampleStyle[] = [];
/** The same styles with other contests: the same look, another ballot. */
let lookAlikes: readonly SampleStyle[] = [];

test.before(async () => {
  const dpis = [150, 200, 300];
  const all: SampleStyle[] = [];
  for (const [i, style] of otherStyles.entries())
    all.push(await sampleStyle(style, `style ${i}`, dpis[i % 3] ?? 200));
  styles = all;
  const alike: SampleStyle[] = [];
  for (const [i, style] of otherStyles.entries()) alike.push(await sampleStyle(style, `other ${i}`, 200));
  lookAlikes = alike;
});

function read(scan: GreyPage, templates: readonly ForeignTemplate[]): ForeignReading {
  return readForeignPage(scan, templates, defaultMarkThresholds);
}

interface Count {
  clear: number;
  marked: number;
  ambiguous: number;
  wrong: string[];
}

/** What a voter did, against what was read. */
function compare(
  seed: string,
  sample: SampleStyle,
  conditions: OfficeScan,
  reading: ForeignReading,
  marks: ReturnType<typeof markPage>,
  count: Count,
): void {
  if (!reading.readable) {
    count.wrong.push(`${seed}: refused, ${reading.reason}: ${reading.detail}`);
    return;
  }
  const expected = conditions.upsideDown ? 'rotated-180' : 'upright';
  if (reading.template !== sample.template.name || reading.orientation !== expected) {
    count.wrong.push(`${seed}: read as ${reading.template}, ${reading.orientation}`);
    return;
  }
  if (Math.abs(reading.skewDegrees - conditions.skewDegrees) > 0.15) {
    count.wrong.push(`${seed}: skew ${reading.skewDegrees} instead of ${conditions.skewDegrees}`);
  }
  // What a two-level scan keeps is what is darker than its cut.
  const drop = conditions.tones === 'grey' ? CLEAR_DROP : 1 - conditions.cutAt + 0.08;
  const byId = new Map(reading.ovals.map((oval) => [oval.id, oval]));
  sample.ids.forEach((id, i) => {
    const { verdict, score } = must(byId.get(id), `${id} is read`);
    const isClear = marks.inkIn(i, drop) >= CLEAR_SHARE;
    const isUntouched = marks.marks[i] === 'none' && marks.inkIn(i, 0.02) === 0;
    if (!isClear && !isUntouched) return;
    count.clear++;
    if (isClear) count.marked++;
    if (verdict === 'ambiguous') count.ambiguous++;
    else if ((verdict === 'marked') !== isClear) {
      count.wrong.push(`${seed}, ${id} (${marks.marks[i] ?? ''}): ${verdict} ${JSON.stringify(score)}`);
    }
  });
}

test(`${SCANS} scans find their template and their orientation, and no clear mark or empty oval is misread`, async () => {
  const count: Count = { clear: 0, marked: 0, ambiguous: 0, wrong: [] };
  let readMs = 0;
  for (let i = 0; i < SCANS; i++) {
    const seed = `foreign scan ${i}`;
    const random = seededRandom(seed);
    const sample = must(styles[i % styles.length], 'a style');
    const marks = markPage(sample.clean, sample.ovals, sample.style, random.fork('marks'));
    const conditions = randomOfficeScan(random.fork('conditions'));
    const scan = await officeScan(marks.page, conditions, random.fork('scanner'));
    const others = [random.pick(styles), random.pick(lookAlikes)].filter((other) => other !== sample);
    const startMs = performance.now();
    const reading = read(
      scan,
      random.shuffle([sample, ...others]).map(({ template }) => template),
    );
    readMs += performance.now() - startMs;
    compare(seed, sample, conditions, reading, marks, count);
  }
  assert.equal(count.wrong, []);
  assert.ok(count.marked > 5 * SCANS, `only ${count.marked} clear marks`);
  assert.ok(count.ambiguous <= 0.01 * count.clear, `${count.ambiguous} of ${count.clear} are ambiguous`);
  const { clear, marked, ambiguous } = count;
  console.log(
    `${clear} ovals, ${marked} clearly marked, ${ambiguous} ambiguous, ${Math.round(readMs / SCANS)} ms a scan`,
  );
});

test('a ballot of another style is refused, even of the same vendor and look', async () => {
  for (const [i, sample] of styles.entries()) {
    const seed = `another style ${i}`;
    const random = seededRandom(seed);
    const marks = markPage(sample.clean, sample.ovals, sample.style, random);
    const scan = await officeScan(marks.page, randomOfficeScan(random), random);
    const others = [...styles, ...lookAlikes]
      .filter((other) => other !== sample)
      .map(({ template }) => template);
    const reading = read(scan, others);
    assert.is(reading.readable, false, `${seed}: ${JSON.stringify(reading).slice(0, 200)}`);
  }
});

test('a photograph, a blank sheet, an empty image and a page cut off below are refused with the reason', () => {
  const templates = styles.map(({ template }) => template);
  const reasonOf = (page: GreyPage): string => {
    const reading = read(page, templates);
    return reading.readable ? `read as ${reading.template}` : reading.reason;
  };
  const random = seededRandom('blank sheet');
  const sheet = greyPage(
    1700,
    2200,
    200,
    new Uint8Array(1700 * 2200).map(() => 238 + random.gaussian(0, 4)),
  );
  assert.is(reasonOf(photograph('photo').front), 'no-template-fits');
  assert.is(reasonOf(sheet), 'no-print');
  assert.is(reasonOf(greyPage(1700, 2200, 200)), 'no-print');
  assert.is(
    reasonOf(
      greyPage(
        40,
        30,
        200,
        new Uint8Array(1200).map((_, i) => (i % 2) * 255),
      ),
    ),
    'no-template-fits',
  );
  const { clean } = must(styles[0], 'a style');
  const rows = Math.round(clean.heightPx * 0.7);
  assert.is(
    reasonOf(greyPage(clean.widthPx, rows, 200, clean.data.slice(0, clean.widthPx * rows))),
    'page-cut',
  );
});

test('the same template under two names is never a guess', () => {
  const { template, clean } = must(styles[1], 'a style');
  const reading = read(clean, [template, { ...template, name: 'copy' }]);
  assert.is(reading.readable ? 'read' : reading.reason, 'several-templates-fit');
});

test('a scan whose file names a wrong resolution is read all the same', () => {
  const { template, clean } = must(styles[0], 'a style');
  for (const dpi of [150, 240, 300]) {
    const reading = read(greyPage(clean.widthPx, clean.heightPx, dpi, clean.data), [template]);
    assert.ok(reading.readable, `said to be ${dpi} dpi`);
  }
});

test('rough places in an ovals file are drawn to the printed ovals', () => {
  const sample = must(styles[2], 'a style');
  const random = seededRandom('rough places');

  const { page, ovals, name } = sample.template;
  const rough = ovals.map(({ id, centre }) => {
    const w = (sample.style.ovalMm[0] / 25.4) * page.dpi * random.between(0.85, 1.2);
    const h = (sample.style.ovalMm[1] / 25.4) * page.dpi * random.between(0.85, 1.2);
    return { id, x: centre.xPx + random.between(-4, 4), y: centre.yPx + random.between(-3, 3), w, h };
  });
  const side = { file: name, width: page.widthPx, height: page.heightPx, ovals: rough };
  const again = must(foreignTemplate(side, page), 'a template');
  again.ovals.forEach(({ centre }, i) => assert.equal(centre, ovals[i]?.centre));
});

test.run();
