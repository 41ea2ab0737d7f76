/** What must hold on every laid-out side, asked of the places and of the drawing itself. */
import { textWidthMm } from '../../election-def/text-measure.js';
import type { BallotLayout, DrawItem, SideLayout } from '../../election-def/layout-types.js';
import type { LoadedDefinition } from '../../election-def/load.js';
import { isWriteInOptionId } from '../../election-def/layout-types.js';
import { OVAL, pageFrame, TIMING_MARK, timingMarks } from '../../election-def/page-frame.js';
import { ballotOrder } from '../../election-def/styles.js';
import { pointsToMm, type PointMm, type RectMm } from '../../ground/units.js';
import { sidesOf } from './samples.js';

/** Free of other ink around an oval, but for rounding to the micrometre. */
const CLEAR_MM = 3 - 0.002;
const MIN_TEXT_PT = 10;
const EPSILON_MM = 0.01;

export function layoutFaults(loaded: LoadedDefinition, layout: BallotLayout): readonly string[] {
  const faults = sidesOf(layout).flatMap((side, i) =>
    sideFaults(side, layout).map((fault) => `${layout.styleId} ${layout.precinctId} side ${i}: ${fault}`),
  );
  return [...faults, ...completeness(loaded, layout)];
}

/** Each contest once and in order, each of its options one oval in order, each write-in line one box. */
function completeness({ definition }: LoadedDefinition, layout: BallotLayout): readonly string[] {
  const style = definition.ballotStyles.find(({ id }) => id === layout.styleId);
  if (style === undefined) return [`no style ${layout.styleId}`];
  const sides = sidesOf(layout);
  const printed = sides.flatMap((side) => side.contests.map(({ contestId }) => contestId));
  const faults = same('contests', printed, style.contestIds);
  for (const contest of definition.contests.filter(({ id }) => style.contestIds.includes(id))) {
    const own = (places: readonly { readonly contestId: string; readonly optionId: string }[]) =>
      places.filter(({ contestId }) => contestId === contest.id).map(({ optionId }) => optionId);
    const wanted = ballotOrder(style, contest);
    faults.push(...same(`ovals of ${contest.id}`, own(sides.flatMap(({ ovals }) => ovals)), wanted));
    const boxes = own(sides.flatMap(({ writeInBoxes }) => writeInBoxes));
    faults.push(...same(`boxes of ${contest.id}`, boxes, wanted.filter(isWriteInOptionId)));
  }
  return faults;
}

function same(what: string, found: readonly string[], wanted: readonly string[]): string[] {
  return found.join() === wanted.join() ? [] : [`${what}: ${found.join()} instead of ${wanted.join()}`];
}

function sideFaults(side: SideLayout, layout: BallotLayout): readonly string[] {
  const { content } = pageFrame(layout.paper);
  const faults: string[] = [];
  side.contests.forEach((contest, i) => {
    if (!inside(contest, content)) faults.push(`${contest.contestId} leaves the page`);
    for (const other of side.contests.slice(i + 1)) {
      if (distance(contest, other) <= 0) faults.push(`${contest.contestId} overlaps ${other.contestId}`);
    }
  });
  for (const item of side.drawing) {
    const box = boxOf(item);
    if (!inside(box, content)) faults.push(`${nameOf(item)} leaves the page`);
    if (item.kind === 'text' && item.sizePt < MIN_TEXT_PT) faults.push(`${nameOf(item)} is too small`);
  }
  return [
    ...faults,
    ...textFaults(side),
    ...side.ovals.flatMap((oval) => ovalFaults(oval, side, layout)),
    ...boxFaults(side),
  ];
}

/** No line of text runs into another. */
function textFaults(side: SideLayout): readonly string[] {
  const texts = side.drawing.filter((item) => item.kind === 'text');
  return texts.flatMap((text, i) =>
    texts
      .slice(i + 1)
      .filter((other) => distance(boxOf(text), boxOf(other)) <= 0)
      .map((other) => `${nameOf(text)} runs into ${nameOf(other)}`),
  );
}

function ovalFaults(
  oval: SideLayout['ovals'][number],
  side: SideLayout,
  layout: BallotLayout,
): readonly string[] {
  const frame = pageFrame(layout.paper);
  const box = ovalBox(oval);
  const name = `oval ${oval.contestId} ${oval.optionId}`;
  const faults: string[] = [];
  const contest = side.contests.find(({ contestId }) => contestId === oval.contestId);
  if (contest === undefined || !inside(box, contest)) faults.push(`${name} is outside its contest`);
  const edgeMm = Math.min(
    box.xMm,
    frame.widthMm - box.xMm - box.widthMm,
    box.yMm,
    frame.heightMm - box.yMm - box.heightMm,
  );
  if (edgeMm < 10) faults.push(`${name} is ${edgeMm.toFixed(2)} mm from the paper's edge`);
  const others = side.ovals.filter((other) => other !== oval).map(ovalBox);
  const ink = [
    ...side.drawing.flatMap(inkOf),
    ...others.map((other) => ({ name: 'another oval', box: other })),
    ...timingMarks(frame).map((mark) => ({ name: 'a timing mark', box: centred(mark, TIMING_MARK) })),
  ];
  for (const { name: what, box: other } of ink) {
    const clearMm = distance(box, other);
    if (clearMm < CLEAR_MM) faults.push(`${name} is ${clearMm.toFixed(2)} mm from ${what}`);
  }
  return faults;
}

function boxFaults(side: SideLayout): readonly string[] {
  return side.writeInBoxes.flatMap((place) => {
    const name = `write-in box ${place.contestId} ${place.optionId}`;
    const faults: string[] = [];
    if (place.heightMm < 7) faults.push(`${name} is only ${place.heightMm} mm high`);
    const inked = side.drawing.flatMap(inkOf).filter(({ box }) => distance(box, place) < -EPSILON_MM);
    faults.push(...inked.map(({ name: what }) => `${what} is printed in ${name}`));
    const oval = side.ovals.find((o) => o.contestId === place.contestId && o.optionId === place.optionId);
    const middleMm = place.yMm + place.heightMm / 2;
    if (oval === undefined || oval.xMm > place.xMm || Math.abs(oval.yMm - middleMm) > EPSILON_MM)
      faults.push(`${name} is not beside its oval`);
    return faults;
  });
}

interface Ink {
  readonly name: string;
  readonly box: RectMm;
}

/** Where an item leaves ink: an outline only at its four sides. */
function inkOf(item: DrawItem): readonly Ink[] {
  const name = nameOf(item);
  if (item.kind !== 'rect' || item.fillGrey !== undefined) return [{ name, box: boxOf(item) }];
  const { xMm, yMm, widthMm, heightMm, strokeMm } = item;
  const half = strokeMm / 2;
  const across = { xMm: xMm - half, widthMm: widthMm + strokeMm, heightMm: strokeMm };
  const down = { yMm: yMm - half, heightMm: heightMm + strokeMm, widthMm: strokeMm };
  return [
    { ...across, yMm: yMm - half },
    { ...across, yMm: yMm + heightMm - half },
    { ...down, xMm: xMm - half },
    { ...down, xMm: xMm + widthMm - half },
  ].map((box) => ({ name: `the outline of ${name}`, box }));
}

/** For text: from the top of its capitals to the bottom of its descenders. */
function boxOf(item: DrawItem): RectMm {
  switch (item.kind) {
    case 'text': {
      const em = pointsToMm(item.sizePt);
      const widthMm = textWidthMm(item.text, item.font, item.sizePt);
      return { xMm: item.xMm, yMm: item.baselineMm - 0.66 * em, widthMm, heightMm: 0.87 * em };
    }
    case 'line':
      return {
        xMm: Math.min(item.fromXMm, item.toXMm),
        yMm: Math.min(item.fromYMm, item.toYMm) - item.strokeMm / 2,
        widthMm: Math.abs(item.toXMm - item.fromXMm),
        heightMm: Math.abs(item.toYMm - item.fromYMm) + item.strokeMm,
      };
    case 'rect':
      return item;
    case 'example-oval':
      return ovalBox(item);
  }
}

function nameOf(item: DrawItem): string {
  return item.kind === 'text' ? `"${item.text}"` : item.kind;
}

function ovalBox(oval: PointMm): RectMm {
  return centred(oval, OVAL);
}

function centred(
  { xMm, yMm }: PointMm,
  size: { readonly widthMm: number; readonly heightMm: number },
): RectMm {
  const { widthMm, heightMm } = size;
  return { xMm: xMm - widthMm / 2, yMm: yMm - heightMm / 2, widthMm, heightMm };
}

function inside(inner: RectMm, outer: RectMm): boolean {
  return (
    inner.xMm >= outer.xMm - EPSILON_MM &&
    inner.yMm >= outer.yMm - EPSILON_MM &&
    inner.xMm + inner.widthMm <= outer.xMm + outer.widthMm + EPSILON_MM &&
    inner.yMm + inner.heightMm <= outer.yMm + outer.heightMm + EPSILON_MM
  );
}

/** Shortest way between two rectangles; negative when they overlap. */
function distance(a: RectMm, b: RectMm): number {
  const dx = Math.max(a.xMm - b.xMm - b.widthMm, b.xMm - a.xMm - a.widthMm);
  const dy = Math.max(a.yMm - b.yMm - b.heightMm, b.yMm - a.yMm - a.heightMm);
  if (dx < 0 && dy < 0) return Math.max(dx, dy);
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0));
}
