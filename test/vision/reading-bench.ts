/** What the tests of `vision` share: layouts and contexts of every paper, pages to paint, results to expect. */
import * as assert from 'uvu/assert';
import type { GreyPage } from '../../ground/grey-page.js';
import { must } from '../../ground/result.js';
import { paperSizes, type PaperSize } from '../../election-def/definition.js';
import { defaultMarkThresholds } from '../../election-def/mark-thresholds.js';
import { readingContext, type ReadingContext } from '../../vision/context.js';
import { readSide } from '../../vision/read-side.js';
import type { RejectReason, SideReading, SideResult } from '../../vision/reading.js';
import type { Ink, PageToPaint } from './paint-page.js';
import { sampleCode, sampleLayout, TEST_HASH20 } from './sample-layout.js';

const contexts = new Map<PaperSize, ReadingContext>(
  paperSizes.map((paper) => [
    paper,
    readingContext([sampleLayout(paper)], TEST_HASH20, defaultMarkThresholds),
  ]),
);

export function contextOf(paper: PaperSize): ReadingContext {
  return must(contexts.get(paper), 'every paper has a context');
}

export function sideOf(paper: PaperSize, side: 'front' | 'back'): PageToPaint {
  const sheet = must(contextOf(paper).layouts[0]?.sheets[0], 'the layout has a sheet');
  return { paper, side: sheet[side], code: sampleCode(side), ink: [] };
}

export function read(paper: PaperSize, page: GreyPage): SideResult {
  return readSide(page, contextOf(paper));
}

export function mustRead(paper: PaperSize, page: GreyPage, hint: string): SideReading {
  const result = read(paper, page);
  if (result.kind === 'rejected') {
    throw new Error(`${hint}: refused, ${result.reject.reason}: ${result.reject.detail}`);
  }
  return result.reading;
}

export function mustRefuse(
  paper: PaperSize,
  page: GreyPage,
  reasons: readonly RejectReason[],
  hint: string,
): void {
  const result = read(paper, page);
  assert.is(result.kind, 'rejected', `${hint}: must be refused`);
  if (result.kind !== 'rejected') return;
  assert.ok(
    reasons.includes(result.reject.reason),
    `${hint}: ${result.reject.reason} (${result.reject.detail}), expected ${reasons.join(' or ')}`,
  );
  assert.ok(result.reject.detail.length > 0, hint);
}

/** An oval filled with a pen. */
export function filled(page: PageToPaint, oval: number): Ink {
  const place = must(page.side.ovals[oval], 'the side has this oval');
  const points = [
    [place.xMm - 1, place.yMm],
    [place.xMm + 1, place.yMm],
  ] as const;
  return { kind: 'stroke', points, widthMm: 2.6, darkness: 0.9 };
}

export function marksOf(reading: SideReading): readonly number[] {
  return reading.ovals.flatMap((oval, i) => (oval.verdict === 'marked' ? [i] : []));
}

/** Exactly these ovals marked and every other one blank. */
export function expectMarks(reading: SideReading, marks: readonly number[], hint: string): void {
  reading.ovals.forEach((oval, i) => {
    const expected = marks.includes(i) ? 'marked' : 'blank';
    assert.is(oval.verdict, expected, `${hint}: oval ${i} ${JSON.stringify(oval.score)}`);
  });
}
