/**
 * A laid-out ballot as PDF, all sides in order: front, back, front, back … It draws what the layout and the frame
 * say and decides nothing. The same ballot gives the same bytes: the file's date is the election's day.
 */
import { z } from 'zod';
import { must } from '../ground/result.js';
import { mmToPoints, type PointMm } from '../ground/units.js';
import { encodeBallotCode } from './ballot-code.js';
import { kindLine } from './layout-page.js';
import type { BallotLayout, DrawItem, SideLayout } from './layout-types.js';
import type { LoadedDefinition } from './load.js';
import {
  CODE_CELL,
  codeCellCentre,
  OVAL,
  pageFrame,
  TIMING_MARK,
  timingMarks,
  type PageFrame,
} from './page-frame.js';
import { pdfWithFonts } from './text-measure.js';

type Pdf = PDFKit.PDFDocument;
const pt = mmToPoints;

export async function ballotPdf(
  loaded: LoadedDefinition,
  layout: BallotLayout,
  { test }: { readonly test: boolean },
): Promise<Uint8Array> {
  const frame = pageFrame(layout.paper);
  const pdf = pdfWithFonts({
    size: [pt(frame.widthMm), pt(frame.heightMm)],
    margin: 0,
    lang: must(layout.languages[0], 'a ballot has a language'),
    info: {
      Title: `${loaded.definition.id} ${layout.styleId} ${layout.precinctId}`,
      CreationDate: z.coerce.date().parse(`${loaded.definition.date}T00:00:00Z`),
    },
  });
  const chunks: Uint8Array[] = [];
  const whole = new Promise<Uint8Array>((resolve, reject) => {
    pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  for (const sheet of layout.sheets) {
    for (const side of [sheet.front, sheet.back]) {
      pdf.addPage();
      const cells = encodeBallotCode({
        electionHash20: loaded.hash20,
        styleNumber: layout.styleNumber,
        precinctNumber: layout.precinctNumber,
        sheet: sheet.sheet,
        side: side.side,
        test,
      });
      drawFrame(pdf, frame, cells);
      for (const item of [...side.drawing, ...kindLine(layout.paper, layout.languages, test)])
        drawItem(pdf, item);
      drawOvals(pdf, side);
    }
  }
  pdf.end();
  return whole;
}

function drawFrame(pdf: Pdf, frame: PageFrame, cells: readonly boolean[]): void {
  pdf.fillColor('black');
  for (const centre of timingMarks(frame)) fillBar(pdf, centre, TIMING_MARK.widthMm, TIMING_MARK.heightMm);
  for (const end of ['top', 'bottom'] as const) {
    cells.forEach((ink, cell) => {
      if (ink) fillBar(pdf, codeCellCentre(frame, end, cell), CODE_CELL.widthMm, CODE_CELL.heightMm);
    });
  }
}

function fillBar(pdf: Pdf, centre: PointMm, widthMm: number, heightMm: number): void {
  pdf.rect(pt(centre.xMm - widthMm / 2), pt(centre.yMm - heightMm / 2), pt(widthMm), pt(heightMm)).fill();
}

function drawOvals(pdf: Pdf, side: SideLayout): void {
  pdf.lineWidth(pt(OVAL.strokeMm)).strokeColor('black');
  for (const oval of side.ovals) ovalPath(pdf, oval).stroke();
}

/** The outline lies inside the oval's size. */
function ovalPath(pdf: Pdf, centre: PointMm): Pdf {
  const radiusX = pt((OVAL.widthMm - OVAL.strokeMm) / 2);
  const radiusY = pt((OVAL.heightMm - OVAL.strokeMm) / 2);
  return pdf.ellipse(pt(centre.xMm), pt(centre.yMm), radiusX, radiusY);
}

function drawItem(pdf: Pdf, item: DrawItem): void {
  switch (item.kind) {
    case 'text':
      pdf.font(item.font, item.sizePt).fillColor(grey(item.grey));
      pdf.text(item.text, pt(item.xMm), pt(item.baselineMm), { lineBreak: false, baseline: 'alphabetic' });
      return;
    case 'line':
      pdf.lineWidth(pt(item.strokeMm)).strokeColor(grey(item.grey));
      pdf.moveTo(pt(item.fromXMm), pt(item.fromYMm)).lineTo(pt(item.toXMm), pt(item.toYMm)).stroke();
      return;
    case 'rect': {
      const rect = (): Pdf => pdf.rect(pt(item.xMm), pt(item.yMm), pt(item.widthMm), pt(item.heightMm));
      if (item.fillGrey !== undefined) rect().fill(grey(item.fillGrey));
      if (item.strokeMm > 0) {
        pdf.lineWidth(pt(item.strokeMm)).strokeColor('black');
        rect().stroke();
      }
      return;
    }
    case 'example-oval':
      pdf.lineWidth(pt(OVAL.strokeMm)).strokeColor('black').fillColor('black');
      ovalPath(pdf, item).fillAndStroke();
      return;
  }
}

/** 0 black to 1 white, as pdfkit's colour words. */
function grey(level: number): string {
  const two = Math.round(level * 255)
    .toString(16)
    .padStart(2, '0');
  return `#${two}${two}${two}`;
}
