/**
 * Ballots that look unlike ours, as other vendors print them, made with pdfkit: one to three columns, ovals left or
 * right of the names or in a grid, boxes or rules or neither around contests, filled or tinted header bars, timing
 * marks or none, thick, thin, grey and dotted outlines, seals and instructions full of rings and letters O.
 */
import PDFDocument from 'pdfkit';
import { seededRandom, type SeededRandom } from '../../../ground/seeded-random.js';
import { mmToPoints, POINTS_PER_INCH } from '../../../ground/units.js';

export interface OtherStyle {
  readonly name: string;
  readonly heightInches: 11 | 14 | 17;
  readonly columns: 1 | 2 | 3;
  readonly ovalsAt: 'left' | 'right' | 'grid';
  readonly ovalMm: readonly [number, number];
  readonly strokeMm: number;
  /** 0 black to 1 white. */
  readonly outlineGrey: number;
  readonly outline: 'ellipse' | 'dotted' | 'pill';
  readonly frame: 'boxes' | 'rules' | 'none';
  readonly header: 'filled' | 'tinted' | 'plain';
  readonly timing: 'none' | 'left' | 'both' | 'top-and-sides';
  readonly font: 'Helvetica' | 'Times-Roman' | 'Courier';
  readonly rowMm: number;
}

const base: OtherStyle = {
  name: 'three columns, boxes, filled headers, ovals left',
  heightInches: 11,
  columns: 3,
  ovalsAt: 'left',
  ovalMm: [6.2, 3.7],
  strokeMm: 0.3,
  outlineGrey: 0,
  outline: 'ellipse',
  frame: 'boxes',
  header: 'filled',
  timing: 'none',
  font: 'Helvetica',
  rowMm: 8.5,
};

export const otherStyles: readonly OtherStyle[] = [
  base,
  {
    ...base,
    name: 'two columns, ovals right, timing marks on both sides',
    columns: 2,
    ovalsAt: 'right',
    ovalMm: [5, 3.1],
    strokeMm: 0.22,
    header: 'tinted',
    timing: 'both',
    font: 'Times-Roman',
    rowMm: 9.5,
  },
  {
    ...base,
    name: 'three columns, rules only, grey thin outlines, timing marks on the left',
    ovalMm: [5.6, 3.4],
    strokeMm: 0.18,
    outlineGrey: 0.45,
    frame: 'rules',
    header: 'plain',
    timing: 'left',
    rowMm: 7.5,
  },
  {
    ...base,
    name: 'one column, small ovals right, nothing around contests, legal paper',
    heightInches: 14,
    columns: 1,
    ovalsAt: 'right',
    ovalMm: [4.2, 2.7],
    strokeMm: 0.25,
    frame: 'none',
    header: 'plain',
    font: 'Times-Roman',
    rowMm: 8,
  },
  {
    ...base,
    name: 'two columns, dotted outlines, tinted headers',
    columns: 2,
    ovalMm: [6.8, 4.2],
    strokeMm: 0.28,
    outline: 'dotted',
    header: 'tinted',
    timing: 'top-and-sides',
    rowMm: 10.5,
  },
  {
    ...base,
    name: 'a grid of parties and offices',
    ovalsAt: 'grid',
    ovalMm: [5.2, 3.2],
    strokeMm: 0.25,
    rowMm: 13,
  },
  {
    ...base,
    name: 'three columns, pills, Courier, 17 inch paper',
    heightInches: 17,
    ovalMm: [5.4, 3.2],
    outline: 'pill',
    frame: 'rules',
    header: 'filled',
    timing: 'both',
    font: 'Courier',
    rowMm: 8,
  },
];

/** Of the printed oval, in points from the top left corner of the page. */
export interface TrueOval {
  readonly x: number;
  readonly y: number;
}

export interface OtherBallot {
  readonly pdf: Uint8Array;
  readonly ovals: readonly TrueOval[];
  readonly style: OtherStyle;
}

/** `content` decides over contests and names; `precinct` only over the banner and the small print at the foot. */
export async function otherBallot(
  style: OtherStyle,
  content: string,
  precinct: string,
): Promise<OtherBallot> {
  const size: [number, number] = [8.5 * POINTS_PER_INCH, style.heightInches * POINTS_PER_INCH];
  const document = new PDFDocument({ size, margin: 0, autoFirstPage: true });
  const chunks: Uint8Array[] = [];
  document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const done = new Promise<void>((resolve) => document.on('end', () => resolve()));
  const press = new Press(document, style, seededRandom(`other ballot/${content}`));
  press.printPage(precinct, seededRandom(`banner/${precinct}`));
  document.end();
  await done;
  return { pdf: Buffer.concat(chunks), ovals: press.ovals, style };
}

const given = [
  'Rosalind',
  'Otto',
  'Olive',
  'Oona',
  'Bartholomew',
  'Quentin',
  'Ida',
  'Zachary',
  'Mo',
  'Ursula',
  'Dolores',
  'Hugo',
];
const family = [
  'Okafor',
  'Montgomery',
  'O’Donoghue',
  'Lindqvist',
  'Oyelowo',
  'Brandt',
  'Castellanos',
  'Ng',
  'Ruiz',
  'Vandermeer',
  'Oduya',
  'Kowalski',
];
const offices = [
  'GOVERNOR',
  'SECRETARY OF STATE',
  'COUNTY COMMISSIONER',
  'SHERIFF',
  'SCHOOL BOARD',
  'CORONER',
  'TREASURER',
  'PROBATE JUDGE',
  'STATE SENATOR, DISTRICT 10',
  'AUDITOR',
  'SOIL AND WATER',
  'PROPOSITION 100',
];
const parties = ['Democratic', 'Republican', 'Libertarian', 'Nonpartisan', 'Green', 'Independent'];
const words =
  'shall the county of issue bonds in an amount not to exceed for the purpose of roads schools and libraries be levied upon all taxable property commencing with the fiscal year until repealed by the voters'.split(
    ' ',
  );

interface Box {
  readonly left: number;
  readonly width: number;
}

/** Prints one page and remembers where its ovals are. */
class Press {
  readonly ovals: TrueOval[] = [];
  readonly #doc: PDFKit.PDFDocument;
  readonly #style: OtherStyle;
  readonly #random: SeededRandom;
  readonly #bold: string;

  constructor(doc: PDFKit.PDFDocument, style: OtherStyle, random: SeededRandom) {
    this.#doc = doc;
    this.#style = style;
    this.#random = random;
    this.#bold = style.font === 'Times-Roman' ? 'Times-Bold' : `${style.font}-Bold`;
  }

  printPage(precinct: string, banner: SeededRandom): void {
    const margin = this.#style.timing === 'none' ? 30 : 44;
    const top = this.#banner(margin, precinct, banner);
    const bottom = this.#doc.page.height - margin - 22;
    if (this.#style.ovalsAt === 'grid') this.#grid(margin, top, bottom);
    else {
      const gap = 8;
      const { columns } = this.#style;
      const width = (this.#doc.page.width - 2 * margin - (columns - 1) * gap) / columns;
      for (let c = 0; c < columns; c++)
        this.#column({ left: margin + c * (width + gap), width }, top, bottom);
    }
    this.#timingMarks();
    this.#text(
      `${precinct}   Typ:01 Seq:${banner.integer(1000, 9999)} Spl:0${banner.integer(1, 9)}   Official Ballot`,
      margin,
      bottom + 8,
      7,
    );
  }

  #text(text: string, x: number, y: number, size: number, bold = false, width?: number): number {
    this.#doc.font(bold ? this.#bold : this.#style.font).fontSize(size);
    const options = width === undefined ? { lineBreak: false } : { width };
    this.#doc.text(text, x, y, options);
    return width === undefined ? size * 1.2 : this.#doc.heightOfString(text, options);
  }

  #banner(margin: number, precinct: string, banner: SeededRandom): number {
    const doc = this.#doc;
    const y = margin;
    doc
      .lineWidth(1.2)
      .circle(margin + 22, y + 24, 20)
      .stroke();
    doc
      .lineWidth(0.6)
      .circle(margin + 22, y + 24, 15)
      .stroke();
    doc.ellipse(margin + 22, y + 24, 9, 5.6).stroke();
    this.#text('OFFICIAL GENERAL ELECTION BALLOT', margin + 52, y, 15, true);
    this.#text(`O COUNTY OF ORONO, ${precinct.toUpperCase()}`, margin + 52, y + 18, 10, true);
    this.#text(
      `Tuesday, November ${banner.integer(1, 9)}, 2026    Ballot style ${banner.integer(100, 990)}`,
      margin + 52,
      y + 32,
      9,
    );
    const instructions =
      'INSTRUCTIONS TO VOTERS: To vote, completely fill in the oval next to your choice, like this:           Use only a black or blue pen. To write in a name, fill in the oval and write the name on the line. If you make a mistake, ask for another ballot. Do not sign or initial this ballot. 100 % of votes are counted.';
    const width = doc.page.width - 2 * margin;
    const high = this.#text(instructions, margin, y + 52, 8, false, width);
    const [w, h] = this.#style.ovalMm.map(mmToPoints) as [number, number];
    doc.ellipse(margin + width * 0.82, y + 50 + high + h, w / 2, h / 2).fill('black');
    doc
      .lineWidth(0.8)
      .moveTo(margin, y + 60 + high + h)
      .lineTo(margin + width, y + 60 + high + h)
      .stroke();
    return y + 66 + high + h;
  }

  #timingMarks(): void {
    const { timing } = this.#style;
    if (timing === 'none') return;
    const doc = this.#doc;
    const { width, height } = doc.page;
    doc.fillColor('black');
    for (let y = 30; y < height - 30; y += 18) {
      doc.rect(14, y, 16, 5).fill();
      if (timing !== 'left') doc.rect(width - 30, y, 16, 5).fill();
    }
    if (timing === 'top-and-sides') for (let x = 50; x < width - 50; x += 24) doc.rect(x, 14, 12, 5).fill();
  }

  #column(box: Box, top: number, bottom: number): void {
    let y = top;
    const row = mmToPoints(this.#style.rowMm);
    for (let contest = 0; contest < 14; contest++) {
      const isQuestion = this.#random.chance(0.15);
      const options = isQuestion ? 2 : this.#random.integer(2, 6);
      const need = 34 + (isQuestion ? 46 : 0) + (options + 1) * row + 8;
      if (y + need > bottom) return;
      y = this.#contest(box, y, options, isQuestion) + 6;
    }
  }

  #contest(box: Box, top: number, options: number, isQuestion: boolean): number {
    const doc = this.#doc;
    const random = this.#random;
    const { header, frame } = this.#style;
    const row = mmToPoints(this.#style.rowMm);
    if (header !== 'plain') {
      doc.rect(box.left, top, box.width, 17).fill(header === 'filled' ? '#000000' : '#cfcfcf');
    }
    doc.fillColor(header === 'filled' ? 'white' : 'black');
    this.#text(random.pick(offices), box.left + 5, top + 4, 10, true);
    doc.fillColor('black');
    let y = top + 19;
    y +=
      this.#text(
        isQuestion ? 'Vote YES or NO' : `Vote for ${random.pick(['One', 'not more than Two'])}`,
        box.left + 5,
        y,
        8,
      ) + 3;
    if (isQuestion) {
      const text = Array.from({ length: 34 }, () => random.pick(words)).join(' ');
      y += this.#text(`${text}?`, box.left + 5, y, 7.5, false, box.width - 10) + 3;
    }
    for (let i = 0; i < options; i++, y += row) {
      const name = isQuestion ? (['YES', 'NO'][i] ?? '') : `${random.pick(given)} ${random.pick(family)}`;
      this.#option(box, y + row / 2, name, isQuestion ? '' : random.pick(parties));
    }
    if (!isQuestion) {
      this.#option(box, y + row / 2, '', 'Write-in');
      y += row;
    }
    doc.lineWidth(0.8);
    if (frame === 'boxes') doc.rect(box.left, top, box.width, y - top).stroke('black');
    if (frame === 'rules')
      doc
        .moveTo(box.left, y)
        .lineTo(box.left + box.width, y)
        .stroke('black');
    return y;
  }

  #option(box: Box, y: number, name: string, party: string): void {
    const [w] = this.#style.ovalMm.map(mmToPoints) as [number, number];
    const isLeft = this.#style.ovalsAt === 'left';
    const x = isLeft ? box.left + 7 + w / 2 : box.left + box.width - 7 - w / 2;
    this.#oval(x, y);
    const textLeft = isLeft ? box.left + 13 + w : box.left + 8;
    if (name === '') {
      this.#doc
        .lineWidth(0.6)
        .moveTo(textLeft, y + 4)
        .lineTo(textLeft + box.width - w - 30, y + 4)
        .stroke('black');
      this.#text(party, textLeft, y + 5, 5.5);
      return;
    }
    this.#text(name, textLeft, y - 8, 9, true);
    this.#text(party, textLeft, y + 2, 7);
  }

  #grid(margin: number, top: number, bottom: number): void {
    const doc = this.#doc;
    const columns = 6;
    const width = (doc.page.width - 2 * margin) / columns;
    const row = mmToPoints(this.#style.rowMm);
    const rows = Math.floor((bottom - top) / row);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const [x, y] = [margin + c * width, top + r * row];
        if (c === 0) doc.rect(x, y, width, row).fill('#dddddd');
        doc.fillColor('black').lineWidth(0.7).rect(x, y, width, row).stroke('black');
        if (c === 0 || r === 0) {
          this.#text(
            r === 0 ? this.#random.pick(parties) : this.#random.pick(offices).slice(0, 14),
            x + 4,
            y + 5,
            8,
            true,
          );
          continue;
        }
        if (this.#random.chance(0.2)) continue;
        this.#oval(
          x + 5 + mmToPoints(this.#style.ovalMm[0]) / 2,
          y + row - 5 - mmToPoints(this.#style.ovalMm[1]) / 2,
        );
        this.#text(`${this.#random.pick(given)} ${this.#random.pick(family)}`, x + 4, y + 5, 7, true);
        this.#text(`${r}${String.fromCharCode(64 + c)}`, x + width - 20, y + row - 14, 9);
      }
    }
  }

  #oval(x: number, y: number): void {
    const doc = this.#doc;
    const [w, h] = this.#style.ovalMm.map(mmToPoints) as [number, number];
    const stroke = mmToPoints(this.#style.strokeMm);
    const grey = Math.round(255 * this.#style.outlineGrey);
    doc.lineWidth(stroke).strokeColor([grey, grey, grey]);
    const [a, b] = [(w - stroke) / 2, (h - stroke) / 2];
    if (this.#style.outline === 'pill') doc.roundedRect(x - a, y - b, 2 * a, 2 * b, b);
    else doc.ellipse(x, y, a, b);
    if (this.#style.outline === 'dotted') doc.dash(1.5, { space: 1.1 });
    doc.stroke();
    doc.undash().strokeColor('black');
    this.ovals.push({ x, y });
  }
}
