/**
 * One contest as a box: title bar, how many to vote for, and its options, each with an oval to the left of its label.
 * The box knows its width and finds its height; `layout-flow.ts` gives it a place.
 *
 * Around every oval 3 mm stay free of any other ink (its own label included), so that a mark that slips over the
 * oval's edge is seen as what it is and the reader's ring around the oval sees paper.
 */
import type { BallotStyle, Contest, ElectionDefinition } from './definition.js';
import { seatsOf } from './definition.js';
import {
  capMiddleMm,
  inEach,
  joined,
  moveItem,
  moveRect,
  roundMm,
  setStack,
  type TypeStyle,
} from './layout-type.js';
import { isWriteInOptionId, type DrawItem, type OvalPlace, type WriteInPlace } from './layout-types.js';
import { OVAL } from './page-frame.js';
import { ballotWords } from './strings/ballot-words.js';
import { ballotOrder } from './styles.js';

/** Positions from the box's top left corner. */
export interface ContestBlock {
  readonly contest: Contest;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly ovals: readonly OvalPlace[];
  readonly writeInBoxes: readonly WriteInPlace[];
  readonly drawing: readonly DrawItem[];
}

const CLEAR_MM = 3;
const BORDER_MM = 0.3;
const OVAL_X_MM = BORDER_MM / 2 + CLEAR_MM + OVAL.widthMm / 2;
const LABEL_X_MM = OVAL_X_MM + OVAL.widthMm / 2 + CLEAR_MM;
const PAD_MM = 3;
const BAR_PAD_MM = 1.3;
const BAR_GREY = 0.9;
const TOP_RULE_MM = 0.8;
/** Between the line above the options and the first of them: leaves `CLEAR_MM` above its oval. */
const OPTIONS_GAP_MM = 2.4;
const ROW_GAP_MM = 1.9;
/** A row of one line is as high as this, so that ovals keep `CLEAR_MM` between them and below the last. */
const ROW_MIN_MM = 7.4;
const WRITE_IN_HEIGHT_MM = 8;
const WRITE_IN_BORDER_MM = 0.3;
const WRITE_IN_MAX_WIDTH_MM = 75;
const PAIR_GAP_MM = 6;

const TITLE: TypeStyle = { font: 'bold', sizePt: 12 };
const SECOND_TITLE: TypeStyle = { font: 'regular', sizePt: 11 };
const BESIDE_TITLE: TypeStyle = { font: 'regular', sizePt: TITLE.sizePt };
const SMALL: TypeStyle = { font: 'regular', sizePt: 10 };
const VOTE_FOR: TypeStyle = { font: 'bold', sizePt: 10 };
const NAME: TypeStyle = { font: 'bold', sizePt: 11 };
const BODY: TypeStyle = { font: 'regular', sizePt: 10.5 };

interface Part {
  readonly text: string;
  readonly type: TypeStyle;
}

export function contestBlock(
  definition: ElectionDefinition,
  style: BallotStyle,
  contest: Contest,
  widthMm: number,
): ContestBlock {
  const textWidthMm = widthMm - 2 * PAD_MM;
  const bar = setTitles(contest, style, TOP_RULE_MM + BAR_PAD_MM, textWidthMm);
  const barBottomMm = bar.bottomMm + BAR_PAD_MM;
  const body = bodyOf(contest, style, barBottomMm + BAR_PAD_MM, textWidthMm);
  const options = placeOptions(definition, style, contest, body.bottomMm + OPTIONS_GAP_MM, widthMm);
  const heightMm = options.bottomMm;
  return {
    contest,
    widthMm,
    heightMm,
    ovals: options.ovals,
    writeInBoxes: options.writeInBoxes,
    drawing: [
      { kind: 'rect', xMm: 0, yMm: 0, widthMm, heightMm: barBottomMm, strokeMm: 0, fillGrey: BAR_GREY },
      { kind: 'rect', xMm: 0, yMm: 0, widthMm, heightMm: TOP_RULE_MM, strokeMm: 0, fillGrey: 0 },
      { kind: 'rect', xMm: 0, yMm: 0, widthMm, heightMm, strokeMm: BORDER_MM },
      ...bar.items,
      ...body.items,
      ...options.drawing,
    ],
  };
}

interface SetBlock {
  readonly items: readonly DrawItem[];
  readonly bottomMm: number;
}

/** Title and subtitle in each language: under one another in a column, side by side across the page. */
function setTitles(contest: Contest, style: BallotStyle, topMm: number, widthMm: number): SetBlock {
  const titles = inEach(contest.title, style.languages).map((text, i) => ({
    text,
    type: i === 0 ? TITLE : contest.fullWidth === true ? BESIDE_TITLE : SECOND_TITLE,
  }));
  const subtitles = contest.subtitle === undefined ? [] : inEach(contest.subtitle, style.languages);
  const small = subtitles.map((text) => ({ text, type: SMALL }));
  if (contest.fullWidth !== true) {
    const line = subtitles.length === 0 ? [] : [{ text: subtitles.join(' / '), type: SMALL }];
    return setStack([...titles, ...line], PAD_MM, topMm, widthMm);
  }
  return setBeside(
    titles.map((title, i) => [title, ...small.slice(i, i + 1)]),
    topMm,
    widthMm,
  );
}

/** Stacks of text side by side, in columns of equal width. */
function setBeside(stacks: readonly (readonly Part[])[], topMm: number, widthMm: number): SetBlock {
  const columnMm = (widthMm - (stacks.length - 1) * PAIR_GAP_MM) / stacks.length;
  const sets = stacks.map((parts, i) =>
    setStack(parts, PAD_MM + i * (columnMm + PAIR_GAP_MM), topMm, columnMm),
  );
  return {
    items: sets.flatMap((set) => set.items),
    bottomMm: Math.max(...sets.map((set) => set.bottomMm)),
  };
}

/** What stands between title and options: the measure's text, and how many to vote for. */
function bodyOf(contest: Contest, style: BallotStyle, topMm: number, widthMm: number): SetBlock {
  const words = style.languages.map(ballotWords);
  const seats = seatsOf(contest);
  const how = words.map((w) => (contest.kind === 'candidate' ? w.voteFor(seats) : w.chooseOne)).join(' / ');
  const howLine = { text: how, type: VOTE_FOR };
  if (contest.kind === 'candidate') return setStack([howLine], PAD_MM, topMm, widthMm);

  const name = setStack(personParts(contest, style), PAD_MM, topMm, widthMm);
  const text = setTexts(contest, style, name.bottomMm, widthMm);
  const last = setStack([howLine], PAD_MM, text.bottomMm + BAR_PAD_MM, widthMm);
  return { items: [...name.items, ...text.items, ...last.items], bottomMm: last.bottomMm };
}

/** Whom a retention question is about, unless its text says so itself. */
function personParts(contest: Contest, style: BallotStyle): readonly Part[] {
  if (contest.kind !== 'retention') return [];
  const { name } = contest.candidate;
  const named = inEach(contest.text, style.languages).every((text) => text.includes(name));
  return named ? [] : [{ text: name, type: NAME }];
}

/** A long text in the style's languages: under one another in a column, side by side across the page. */
function setTexts(
  contest: Exclude<Contest, { kind: 'candidate' }>,
  style: BallotStyle,
  topMm: number,
  widthMm: number,
): SetBlock {
  const parts = inEach(contest.text, style.languages).map((text) => ({ text, type: BODY }));
  if (contest.fullWidth === true) {
    return setBeside(
      parts.map((part) => [part]),
      topMm,
      widthMm,
    );
  }
  const items: DrawItem[] = [];
  let bottomMm = topMm - BAR_PAD_MM;
  for (const part of parts) {
    const set = setStack([part], PAD_MM, bottomMm + BAR_PAD_MM, widthMm);
    items.push(...set.items);
    ({ bottomMm } = set);
  }
  return { items, bottomMm };
}

interface PlacedOptions {
  readonly ovals: OvalPlace[];
  readonly writeInBoxes: WriteInPlace[];
  readonly drawing: DrawItem[];
  bottomMm: number;
}

function placeOptions(
  definition: ElectionDefinition,
  style: BallotStyle,
  contest: Contest,
  topMm: number,
  widthMm: number,
): PlacedOptions {
  const placed: PlacedOptions = { ovals: [], writeInBoxes: [], drawing: [], bottomMm: topMm };
  for (const optionId of ballotOrder(style, contest)) {
    if (isWriteInOptionId(optionId)) placeWriteIn(placed, style, contest.id, optionId, widthMm);
    else placeOption(placed, contest.id, optionId, labelParts(definition, style, contest, optionId), widthMm);
  }
  return placed;
}

function placeOption(
  placed: PlacedOptions,
  contestId: string,
  optionId: string,
  parts: readonly Part[],
  widthMm: number,
): void {
  const topMm = placed.bottomMm;
  const label = setStack(parts, LABEL_X_MM, topMm, widthMm - LABEL_X_MM - PAD_MM);
  placed.ovals.push({ contestId, optionId, xMm: OVAL_X_MM, yMm: topMm + capMiddleMm(NAME) });
  placed.drawing.push(...label.items);
  placed.bottomMm = Math.max(topMm + ROW_MIN_MM, label.bottomMm + ROW_GAP_MM);
}

function placeWriteIn(
  placed: PlacedOptions,
  style: BallotStyle,
  contestId: string,
  optionId: string,
  widthMm: number,
): void {
  const box = {
    xMm: LABEL_X_MM + WRITE_IN_BORDER_MM,
    yMm: placed.bottomMm + WRITE_IN_BORDER_MM,
    widthMm: Math.min(WRITE_IN_MAX_WIDTH_MM, widthMm - LABEL_X_MM - PAD_MM - 2 * WRITE_IN_BORDER_MM),
    heightMm: WRITE_IN_HEIGHT_MM,
  };
  placed.ovals.push({ contestId, optionId, xMm: OVAL_X_MM, yMm: box.yMm + box.heightMm / 2 });
  placed.writeInBoxes.push({ contestId, optionId, ...box });
  placed.drawing.push({
    kind: 'rect',
    xMm: box.xMm - WRITE_IN_BORDER_MM / 2,
    yMm: box.yMm - WRITE_IN_BORDER_MM / 2,
    widthMm: box.widthMm + WRITE_IN_BORDER_MM,
    heightMm: box.heightMm + WRITE_IN_BORDER_MM,
    strokeMm: WRITE_IN_BORDER_MM,
  });
  const caption = style.languages.map((language) => ballotWords(language).writeIn).join(' / ');
  const set = setStack(
    [{ text: caption, type: SMALL }],
    LABEL_X_MM,
    box.yMm + box.heightMm + WRITE_IN_BORDER_MM,
    widthMm - LABEL_X_MM - PAD_MM,
  );
  placed.drawing.push(...set.items);
  placed.bottomMm = set.bottomMm + ROW_GAP_MM;
}

/** Name, running mate and party of a candidate; the words of a choice. */
function labelParts(
  definition: ElectionDefinition,
  style: BallotStyle,
  contest: Contest,
  optionId: string,
): readonly Part[] {
  if (contest.kind !== 'candidate') {
    const choice = contest.options.find((option) => option.id === optionId);
    return choice === undefined ? [] : [{ text: joined(choice.label, style.languages), type: NAME }];
  }
  const option = contest.options.find((o) => o.id === optionId);
  const candidate = contest.candidates.find((c) => c.id === option?.candidateId);
  const party = definition.parties.find((p) => p.id === option?.partyId);
  const parts: Part[] = [];
  if (candidate !== undefined) parts.push({ text: candidate.name, type: NAME });
  if (candidate?.runningMate !== undefined) parts.push({ text: `& ${candidate.runningMate}`, type: NAME });
  if (party !== undefined) parts.push({ text: joined(party.name, style.languages), type: SMALL });
  return parts;
}

export function moveBlock(block: ContestBlock, xMm: number, yMm: number): ContestBlock {
  return {
    ...block,
    ovals: block.ovals.map((oval) => ({
      ...oval,
      xMm: roundMm(oval.xMm + xMm),
      yMm: roundMm(oval.yMm + yMm),
    })),
    writeInBoxes: block.writeInBoxes.map((box) => ({ ...box, ...moveRect(box, xMm, yMm) })),
    drawing: block.drawing.map((item) => moveItem(item, xMm, yMm)),
  };
}
