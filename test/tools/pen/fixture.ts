/** A letter sheet of our own: the frame, a grid of ovals on the front, a write-in with its box on the back. */
import PDFDocument from 'pdfkit';
import type { OvalPlace, SheetLayout, SideLayout } from '../../../election-def/layout-types.js';
import { OVAL, pageFrame, TIMING_MARK, timingMarks } from '../../../election-def/page-frame.js';
import { must } from '../../../ground/result.js';
import { mmToPoints, mmToPx, SCAN_DPI } from '../../../ground/units.js';
import type { CleanSheet } from '../../../tools/pen/paper.js';
import { rasterPdf } from '../../../tools/raster.js';

const COLUMNS = 9;
const ROWS = 13;

const gridOvals: readonly OvalPlace[] = Array.from({ length: COLUMNS * ROWS }, (_, i) => ({
  contestId: 'grid',
  optionId: `o-${i + 1}`,
  xMm: 24 + (i % COLUMNS) * 20.5,
  yMm: 30 + Math.floor(i / COLUMNS) * 18,
}));

const side = (part: Partial<SideLayout> & Pick<SideLayout, 'side'>): SideLayout => ({
  contests: [],
  ovals: [],
  writeInBoxes: [],
  drawing: [],
  ...part,
});

export const sheetLayout: SheetLayout = {
  sheet: 1,
  front: side({ side: 'front', ovals: gridOvals }),
  back: side({
    side: 'back',
    ovals: [{ contestId: 'name', optionId: 'write-in-1', xMm: 30, yMm: 60 }],
    writeInBoxes: [
      { contestId: 'name', optionId: 'write-in-1', xMm: 38, yMm: 54, widthMm: 70, heightMm: 12 },
    ],
  }),
};

export async function cleanSheet(): Promise<CleanSheet> {
  const pages = await rasterPdf(await fixturePdf(), SCAN_DPI, 'fixture');
  if (!pages.ok) throw new Error(pages.error.reason);
  const [front, back] = pages.value;
  return { front: must(front, 'front'), back: must(back, 'back') };
}

export function toPx(mm: number): number {
  return mmToPx(mm, SCAN_DPI);
}

/** Bytes of a PDF, drawn by the caller. */
export function pdfBytes(
  options: PDFKit.PDFDocumentOptions,
  draw: (pdf: PDFKit.PDFDocument) => void,
): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const pdf = new PDFDocument(options);
    const chunks: Uint8Array[] = [];
    pdf.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    draw(pdf);
    pdf.end();
  });
}

function fixturePdf(): Promise<Uint8Array> {
  const frame = pageFrame('letter');
  const size: [number, number] = [mmToPoints(frame.widthMm), mmToPoints(frame.heightMm)];
  return pdfBytes({ size, margin: 0, autoFirstPage: false }, (pdf) => {
    for (const page of [sheetLayout.front, sheetLayout.back]) {
      pdf.addPage();
      const { widthMm, heightMm } = TIMING_MARK;
      for (const mark of timingMarks(frame)) {
        const [x, y] = [mmToPoints(mark.xMm - widthMm / 2), mmToPoints(mark.yMm - heightMm / 2)];
        pdf.rect(x, y, mmToPoints(widthMm), mmToPoints(heightMm)).fill('black');
      }
      pdf.lineWidth(mmToPoints(OVAL.strokeMm)).strokeColor('black');
      for (const oval of page.ovals) {
        const radiusX = mmToPoints((OVAL.widthMm - OVAL.strokeMm) / 2);
        const radiusY = mmToPoints((OVAL.heightMm - OVAL.strokeMm) / 2);
        pdf.ellipse(mmToPoints(oval.xMm), mmToPoints(oval.yMm), radiusX, radiusY).stroke();
      }
      for (const box of page.writeInBoxes) {
        const [x, y, width, height] = [box.xMm, box.yMm, box.widthMm, box.heightMm].map(mmToPoints);
        pdf.rect(x ?? 0, y ?? 0, width ?? 0, height ?? 0).stroke();
      }
    }
  });
}
