/**
 * A tape as ESC/POS bytes, in chunks after each of which the driver waits for the printer. node-thermal-printer
 * makes the bytes of text, bold, size, feed and cut. Codes are sent as pictures (GS v 0), not with the printer's own
 * QR command: that one leaves the version, the text mode and the quiet zone to the printer's firmware, and a printer
 * that does not know it prints nothing and says nothing. As a picture each module is exactly `moduleDots` wide.
 *
 * A picture may not contain DLE (0x10), which a printer obeys at once even inside data: it is a single black dot
 * between white ones, and no module is narrower than four.
 */
import { BreakLine, CharacterSet, PrinterTypes, ThermalPrinter } from 'node-thermal-printer';
import encodeQR from 'qr';
import { TAPE_COLUMNS, type TapeElement, type TapeJob } from '../ports.js';
import { assert, err, ok, problem, type Result } from '../../ground/result.js';
import { checkPrintable } from './code-page.js';

export const TAPE_WIDTH_DOTS = 576;
export const LINE_DOTS = 30;
const LEAST_MODULE_DOTS = 4;
const MOST_MODULE_DOTS = 6;
const QUIET_ZONE_MODULES = 4;
/** Rows in one picture command: at most 8.6 kB, which printers with small memories take. */
const STRIP_ROWS = 120;
const RULE_ROWS = 2;
/** Text a chunk, about a hand's length of paper. */
const CHUNK_BYTES = 1_024;

export function jobChunks(job: TapeJob, where: string): Result<readonly Uint8Array[]> {
  const printable = checkPrintable(job, where);
  if (!printable.ok) return printable;
  const printer = newPrinter();
  const chunks: Uint8Array[] = [];
  const endChunk = (): void => {
    chunks.push(new Uint8Array(printer.getBuffer()));
    printer.setBuffer(Buffer.alloc(0));
  };
  startJob(printer);
  for (const [i, element] of job.elements.entries()) {
    const added = addElement(printer, element, where, `elements[${i}]`);
    if (!added.ok) return added;
    if (element.kind === 'qr' || printer.getBuffer().length >= CHUNK_BYTES) endChunk();
  }
  if (printer.getBuffer().length > 0) endChunk();
  return ok(chunks);
}

/** Without an interface of its own the library only makes bytes; why we do not use its interfaces: `escpos.ts`. */
function newPrinter(): ThermalPrinter {
  return new ThermalPrinter({
    type: PrinterTypes.EPSON,
    interface: '',
    width: TAPE_COLUMNS,
    characterSet: CharacterSet.WPC1252,
    breakLine: BreakLine.NONE,
  });
}

function startJob(printer: ThermalPrinter): void {
  printer.setBuffer(Buffer.from(ESC_INIT));
  printer.setCharacterSet(CharacterSet.WPC1252);
  printer.setLineSpacing(LINE_DOTS);
}

const ESC_INIT = [0x1b, 0x40];
const escFeedDots = (dots: number): Buffer => Buffer.from([0x1b, 0x4a, dots]);
const escFeedLines = (lines: number): Buffer => Buffer.from([0x1b, 0x64, lines]);

function addElement(
  printer: ThermalPrinter,
  element: TapeElement,
  where: string,
  path: string,
): Result<void> {
  switch (element.kind) {
    case 'line':
      if (element.wide === true) printer.setTextQuadArea();
      printer.bold(element.bold === true);
      printer.println(element.text.normalize('NFC'));
      if (element.wide === true) printer.setTextNormal();
      return ok(undefined);
    case 'rule': {
      const gap = (LINE_DOTS - RULE_ROWS) / 2;
      printer.add(escFeedDots(gap));
      printer.add(picture(Array.from({ length: RULE_ROWS }, () => solidRow())));
      printer.add(escFeedDots(gap));
      return ok(undefined);
    }
    case 'feed':
      assert(
        Number.isInteger(element.lines) && element.lines >= 1 && element.lines <= 100,
        'a feed of lines',
      );
      printer.add(escFeedLines(element.lines));
      return ok(undefined);
    case 'qr':
      return addCode(printer, element.text, element.caption, where, path);
    case 'cut':
      printer.cut({ verticalTabAmount: 1 });
      // The library resets the printer with the cut; a next tape starts as the first one did.
      printer.setCharacterSet(CharacterSet.WPC1252);
      printer.setLineSpacing(LINE_DOTS);
      return ok(undefined);
  }
}

function addCode(
  printer: ThermalPrinter,
  text: string,
  caption: string,
  where: string,
  path: string,
): Result<void> {
  const modules = qrModules(text);
  const moduleDots = Math.min(MOST_MODULE_DOTS, Math.floor(TAPE_WIDTH_DOTS / (modules?.length ?? Infinity)));
  if (modules === undefined || moduleDots < LEAST_MODULE_DOTS) {
    return err(problem('not-printable', where, path, 'a code holds too much for the width of the paper'));
  }
  printer.alignCenter();
  printer.bold(false);
  printer.println(caption);
  const rows = modules.flatMap((row) => {
    const dots = row.flatMap((ink) => Array.from({ length: moduleDots }, () => ink));
    return Array.from({ length: moduleDots }, () => packRow(dots));
  });
  for (let top = 0; top < rows.length; top += STRIP_ROWS) {
    printer.add(picture(rows.slice(top, top + STRIP_ROWS)));
  }
  printer.alignLeft();
  return ok(undefined);
}

/** Level M, alphanumeric, with its quiet zone; nothing where the text does not fit into any version. */
export function qrModules(text: string): readonly (readonly boolean[])[] | undefined {
  try {
    return encodeQR(text, 'raw', { ecc: 'medium', encoding: 'alphanumeric', border: QUIET_ZONE_MODULES });
  } catch {
    return undefined;
  }
}

/** GS v 0: rows of equal length, a bit a dot. */
function picture(rows: readonly Uint8Array[]): Buffer {
  const bytesPerRow = rows[0]?.length ?? 0;
  const head = [
    0x1d,
    0x76,
    0x30,
    0,
    bytesPerRow & 255,
    bytesPerRow >> 8,
    rows.length & 255,
    rows.length >> 8,
  ];
  return Buffer.concat([Uint8Array.from(head), ...rows]);
}

function packRow(dots: readonly boolean[]): Uint8Array {
  const row = new Uint8Array(Math.ceil(dots.length / 8));
  dots.forEach((ink, i) => {
    if (ink) row[i >> 3] = (row[i >> 3] ?? 0) | (0x80 >> (i & 7));
  });
  return row;
}

function solidRow(): Uint8Array {
  return new Uint8Array(TAPE_WIDTH_DOTS / 8).fill(255);
}
