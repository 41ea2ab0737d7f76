/**
 * What stands around the contests: the header with election, precinct and instructions on a front, a short one on a
 * back, the footer with page and Ballot ID on both (handbook pages 6, 19 and 29: at the bottom right, next to the
 * Election District).
 */
import type { RectMm } from '../ground/units.js';
import type { BallotStyle, ElectionDefinition, Language, Precinct } from './definition.js';
import { textIn } from './definition.js';
import {
  capMiddleMm,
  inEach,
  joined,
  lineAt,
  lineCentredAt,
  lineHeightMm,
  lineRightAt,
  setStack,
  setText,
  type TypeStyle,
} from './layout-type.js';
import type { DrawItem } from './layout-types.js';
import { OVAL, pageFrame } from './page-frame.js';
import { ballotWords } from './strings/ballot-words.js';
import { textWidthMm, wrapText } from './text-measure.js';

/** One ballot's furniture needs these. */
export interface PageSubject {
  readonly definition: ElectionDefinition;
  readonly style: BallotStyle;
  readonly precinct: Precinct;
}

export interface Furniture {
  readonly items: readonly DrawItem[];
  /** Bottom of a header, top of a footer. */
  readonly edgeMm: number;
}

const TITLE: TypeStyle = { font: 'bold', sizePt: 16 };
const SECOND_TITLE: TypeStyle = { font: 'regular', sizePt: 12 };
const KIND: TypeStyle = { font: 'bold', sizePt: 12 };
const PRECINCT: TypeStyle = { font: 'bold', sizePt: 12 };
const SMALL: TypeStyle = { font: 'regular', sizePt: 10 };
const STRONG: TypeStyle = { font: 'bold', sizePt: 10 };
const RULE_MM = 0.6;
const COLUMN_GAP_MM = 6;
const BOX_PAD_MM = 2;
const FOOTER_HEIGHT_MM = 9.5;
const ID_GAP_MM = 3;

/** Share of the page's width for the election's names; the rest is the precinct's. */
const LEFT_SHARE = 0.62;

export function frontHeader(subject: PageSubject): Furniture {
  const { definition, style, precinct } = subject;
  const { content, leftMm, rightMm } = edges(style);
  const splitMm = content.widthMm * LEFT_SHARE;
  const left = setStack(
    [
      ...inEach(definition.title, style.languages).map((text, i) => ({
        text,
        type: i === 0 ? TITLE : SECOND_TITLE,
      })),
      { text: joined(definition.jurisdiction, style.languages), type: SMALL },
      { text: style.languages.map((l) => ballotWords(l).date(definition.date)).join(' / '), type: SMALL },
    ],
    leftMm,
    content.yMm,
    Math.min(splitMm, content.widthMm - kindWidthMm(style.languages)) - COLUMN_GAP_MM,
  );
  const right = [
    { text: joined(definition.precinctTerm, style.languages), type: SMALL },
    ...inEach(precinct.name, style.languages).map((text) => ({ text, type: PRECINCT })),
    {
      text: `${style.languages.map((l) => ballotWords(l).ballotStyle).join(' / ')} ${style.number}`,
      type: SMALL,
    },
  ];
  let rightBottomMm = content.yMm + lineHeightMm(KIND) + 1;
  const rightItems: DrawItem[] = [];
  for (const { text, type } of right) {
    for (const line of wrapText(text, type.font, type.sizePt, content.widthMm - splitMm)) {
      rightItems.push(lineRightAt(line, type, rightMm, rightBottomMm));
      rightBottomMm += lineHeightMm(type);
    }
  }
  const topMm = Math.max(left.bottomMm, rightBottomMm) + 1.5;
  const how = instructions(style, topMm);
  return { items: [...left.items, ...rightItems, ...how.items], edgeMm: how.edgeMm };
}

/** A box: how to mark, with an oval filled as it should be; one column a language, or two for one language. */
function instructions(style: BallotStyle, topMm: number): Furniture {
  const { content, leftMm } = edges(style);
  const columnMm = (content.widthMm - 2 * BOX_PAD_MM - COLUMN_GAP_MM) / 2;
  const columnLeftMm = (i: number): number => leftMm + BOX_PAD_MM + i * (columnMm + COLUMN_GAP_MM);
  const items: DrawItem[] = [];
  const bottoms: number[] = [];
  style.languages.forEach((language, i) => {
    const words = ballotWords(language);
    const mark = howToMark(language, columnLeftMm(i), topMm + BOX_PAD_MM, columnMm);
    const oneLanguage = style.languages.length === 1;
    const rest = setStack(
      words.howTo.map((text) => ({ text, type: SMALL })),
      columnLeftMm(oneLanguage ? 1 : i),
      oneLanguage ? topMm + BOX_PAD_MM : mark.edgeMm,
      columnMm,
    );
    items.push(...mark.items, ...rest.items);
    bottoms.push(mark.edgeMm, rest.bottomMm);
  });
  const edgeMm = Math.max(...bottoms) + BOX_PAD_MM - 0.6;
  return {
    items: [
      {
        kind: 'rect',
        xMm: leftMm,
        yMm: topMm,
        widthMm: content.widthMm,
        heightMm: edgeMm - topMm,
        strokeMm: 0.3,
      },
      ...items,
    ],
    edgeMm,
  };
}

function howToMark(language: Language, leftMm: number, topMm: number, widthMm: number): Furniture {
  const words = ballotWords(language);
  const head = setText(words.instructions, STRONG, leftMm, topMm, widthMm);
  const exampleMm = OVAL.widthMm + 2.5;
  const set = setText(words.howToMark, SMALL, leftMm, head.bottomMm, widthMm - exampleMm);
  const example: DrawItem = {
    kind: 'example-oval',
    xMm: set.endMm + 2.5 + OVAL.widthMm / 2,
    yMm: set.bottomMm - lineHeightMm(SMALL) + capMiddleMm(SMALL),
  };
  return { items: [...head.items, ...set.items, example], edgeMm: set.bottomMm };
}

export function backHeader({ definition, style }: PageSubject): Furniture {
  const { content, leftMm, rightMm } = edges(style);
  const language = leading(style);
  const text = `${textIn(definition.title, language)} · ${ballotWords(language).date(definition.date)}`;
  const widthMm = content.widthMm - kindWidthMm(style.languages) - COLUMN_GAP_MM;
  const set = setText(text, SMALL, leftMm, content.yMm + 0.6, widthMm);
  const edgeMm = Math.max(set.bottomMm, content.yMm + lineHeightMm(KIND)) + 0.8;
  return { items: [...set.items, rule(leftMm, rightMm, edgeMm)], edgeMm };
}

export interface FooterSubject extends PageSubject {
  readonly side: 'front' | 'back';
  readonly sheet: number;
  readonly sheets: number;
  readonly backIsBlank: boolean;
}

export function footerTopMm(style: BallotStyle): number {
  const { content } = edges(style);
  return content.yMm + content.heightMm - FOOTER_HEIGHT_MM;
}

/** Page at the left, precinct and Ballot ID at the right, where to go on in the middle of the line above. */
export function footer(subject: FooterSubject): readonly DrawItem[] {
  const { leftMm, rightMm } = edges(subject.style);
  const { page, place, id, goOn } = footerTexts(subject);
  const topMm = footerTopMm(subject.style);
  const lineTopMm = topMm + lineHeightMm(STRONG) + 0.9;
  const idLeftMm = rightMm - textWidthMm(id, STRONG.font, STRONG.sizePt);
  const items: DrawItem[] = [
    rule(leftMm, rightMm, lineTopMm - 0.5),
    lineAt(page, SMALL, leftMm, lineTopMm),
    lineRightAt(place, SMALL, idLeftMm - ID_GAP_MM, lineTopMm),
    lineRightAt(id, STRONG, rightMm, lineTopMm),
  ];
  if (goOn !== '') items.push(lineCentredAt(goOn, STRONG, (leftMm + rightMm) / 2, topMm));
  return items;
}

/** Whether a precinct's name leaves room for page and Ballot ID on all its sides. */
export function footerFits(subject: PageSubject): boolean {
  const { leftMm, rightMm } = edges(subject.style);
  return (['front', 'back'] as const).every((side) => {
    const { page, place, id } = footerTexts({ ...subject, side, sheet: 7, sheets: 7, backIsBlank: false });
    const smallMm = [page, place].reduce((sum, text) => sum + textWidthMm(text, SMALL.font, SMALL.sizePt), 0);
    const idMm = textWidthMm(id, STRONG.font, STRONG.sizePt);
    return smallMm + idMm + ID_GAP_MM + COLUMN_GAP_MM <= rightMm - leftMm;
  });
}

interface FooterTexts {
  readonly page: string;
  readonly place: string;
  readonly id: string;
  /** Empty where there is nothing to go on to. */
  readonly goOn: string;
}

function footerTexts({ style, precinct, side, sheet, sheets, backIsBlank }: FooterSubject): FooterTexts {
  const each = style.languages.map(ballotWords);
  const turn = side === 'front' && !backIsBlank ? each.map((w) => w.turnOver) : [];
  const next = side === 'back' && sheet < sheets ? each.map((w) => w.continueOnSheet(sheet + 1)) : [];
  return {
    page: each.map((w) => w.page(side, sheet, sheets)).join(' / '),
    place: textIn(precinct.name, leading(style)),
    id: `${each.map((w) => w.ballotId).join(' / ')} ${precinct.ballotId}`,
    goOn: [...turn, ...next].join(' / '),
  };
}

export function blankSideNotice(style: BallotStyle): readonly DrawItem[] {
  const { content, leftMm, rightMm } = edges(style);
  const middleMm = content.yMm + content.heightMm / 2;
  return style.languages.map((language, i) =>
    lineCentredAt(
      ballotWords(language).blankSide,
      SECOND_TITLE,
      (leftMm + rightMm) / 2,
      middleMm + i * lineHeightMm(SECOND_TITLE),
    ),
  );
}

/** OFFICIAL BALLOT or, white on black, TEST BALLOT, at the top right of every side: known only when it is printed. */
export function kindLine(
  paper: BallotStyle['paper'],
  languages: readonly Language[],
  test: boolean,
): readonly DrawItem[] {
  const { content } = pageFrame(paper);
  const rightMm = content.xMm + content.widthMm;
  const text = kindText(languages, test);
  if (!test) return [lineRightAt(text, KIND, rightMm, content.yMm)];
  const widthMm = textWidthMm(text, KIND.font, KIND.sizePt) + 2 * BOX_PAD_MM;
  const heightMm = lineHeightMm(KIND);
  return [
    { kind: 'rect', xMm: rightMm - widthMm, yMm: content.yMm, widthMm, heightMm, strokeMm: 0, fillGrey: 0 },
    lineRightAt(text, KIND, rightMm - BOX_PAD_MM, content.yMm, 1),
  ];
}

function kindText(languages: readonly Language[], test: boolean): string {
  const each = languages.map(ballotWords);
  return each.map((w) => (test ? w.testBallot : w.officialBallot)).join(' / ');
}

/** Room that the kind line takes, whichever it is. */
function kindWidthMm(languages: readonly Language[]): number {
  const widths = [true, false].map((test) => textWidthMm(kindText(languages, test), KIND.font, KIND.sizePt));
  return Math.max(...widths) + 2 * BOX_PAD_MM;
}

function edges(style: BallotStyle): { content: RectMm; leftMm: number; rightMm: number } {
  const { content } = pageFrame(style.paper);
  return { content, leftMm: content.xMm, rightMm: content.xMm + content.widthMm };
}

function leading(style: BallotStyle): Language {
  return style.languages[0] ?? 'en';
}

function rule(fromXMm: number, toXMm: number, yMm: number): DrawItem {
  return { kind: 'line', fromXMm, fromYMm: yMm, toXMm, toYMm: yMm, strokeMm: RULE_MM, grey: 0 };
}
