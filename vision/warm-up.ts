/**
 * The reader's first page: drawn by the reader itself from the election's own layout, read a few times when its
 * threads start, so that the first voter does not wait for a cold program (20 ms) and a reader that cannot read never
 * gets a ballot. Straight edges and no noise: this is a self-test of the program, not of its accuracy.
 */
import { greyPage, type GreyPage } from '../ground/grey-page.js';
import { mmToPx, SCAN_DPI, type PointMm } from '../ground/units.js';
import { encodeBallotCode, type BallotCode } from '../election-def/ballot-code.js';
import type { BallotLayout, SideLayout } from '../election-def/layout-types.js';
import {
  CODE_CELL,
  codeCellCentre,
  OVAL,
  pageFrame,
  TIMING_MARK,
  timingMarks,
} from '../election-def/page-frame.js';
import type { ReadingContext } from './context.js';
import type { SheetResult } from './reading.js';

const ROUNDS = 8;
const INK = 30;
const PAPER = 235;

/** Reads its own page, as sheets will be read; empty when all went well, else what did not. */
export async function warmUp(
  context: ReadingContext,
  read: (first: GreyPage, second: GreyPage) => Promise<SheetResult | undefined>,
): Promise<string> {
  const layout = context.layouts[0];
  const sheet = layout?.sheets[0];
  if (layout === undefined || sheet === undefined) return 'the election has no ballot';
  const front = drawSide(layout, sheet.front, context.electionHash20, sheet.sheet);
  const back = drawSide(layout, sheet.back, context.electionHash20, sheet.sheet);
  for (let round = 0; round < ROUNDS; round++) {
    const result = await read(front, back);
    if (result === undefined) return 'the reader stopped';
    if (result.kind === 'rejected') return `${result.reject.reason}: ${result.reject.detail}`;
    for (const side of [result.front, result.back]) {
      // Every second oval is drawn filled.
      const wrong = side.ovals.find((oval, i) => oval.verdict !== (i % 2 === 0 ? 'marked' : 'blank'));
      if (wrong !== undefined) return `${wrong.contestId}, ${wrong.optionId} was read as ${wrong.verdict}`;
    }
  }
  return '';
}

function drawSide(layout: BallotLayout, side: SideLayout, electionHash20: number, sheet: number): GreyPage {
  const frame = pageFrame(layout.paper);
  const size = (mm: number): number => Math.round(mmToPx(mm, SCAN_DPI));
  const [widthPx, heightPx] = [size(frame.widthMm), size(frame.heightMm)];
  // Not in the room of a sheet, which may be waiting there to be read.
  const pixels = new Uint8Array(new SharedArrayBuffer(widthPx * heightPx)).fill(PAPER);
  const page = greyPage(widthPx, heightPx, SCAN_DPI, pixels);
  for (const mark of timingMarks(frame)) fillRect(page, mark, TIMING_MARK);
  const { styleNumber, precinctNumber } = layout;
  const code: BallotCode = {
    electionHash20,
    styleNumber,
    precinctNumber,
    sheet,
    side: side.side,
    test: true,
  };
  encodeBallotCode(code).forEach((ink, cell) => {
    if (!ink) return;
    for (const end of ['top', 'bottom'] as const) fillRect(page, codeCellCentre(frame, end, cell), CODE_CELL);
  });
  side.ovals.forEach((oval, i) => {
    drawOval(page, oval, i % 2 === 0);
  });
  return page;
}

function fillRect(page: GreyPage, centre: PointMm, size: { widthMm: number; heightMm: number }): void {
  const left = Math.round(mmToPx(centre.xMm - size.widthMm / 2, page.dpi));
  const right = Math.round(mmToPx(centre.xMm + size.widthMm / 2, page.dpi));
  const top = Math.round(mmToPx(centre.yMm - size.heightMm / 2, page.dpi));
  const bottom = Math.round(mmToPx(centre.yMm + size.heightMm / 2, page.dpi));
  for (let y = top; y < bottom; y++) page.data.fill(INK, y * page.widthPx + left, y * page.widthPx + right);
}

function drawOval(page: GreyPage, centre: PointMm, filled: boolean): void {
  const cx = mmToPx(centre.xMm, page.dpi);
  const cy = mmToPx(centre.yMm, page.dpi);
  const a = mmToPx(OVAL.widthMm / 2, page.dpi);
  const b = mmToPx(OVAL.heightMm / 2, page.dpi);
  const stroke = mmToPx(OVAL.strokeMm, page.dpi);
  for (let y = Math.floor(cy - b); y <= cy + b; y++) {
    for (let x = Math.floor(cx - a); x <= cx + a; x++) {
      const inside = ((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 <= 1;
      const hollow = ((x - cx) / (a - stroke)) ** 2 + ((y - cy) / (b - stroke)) ** 2 <= 1;
      if (inside && (filled || !hollow)) page.data[y * page.widthPx + x] = INK;
    }
  }
}
