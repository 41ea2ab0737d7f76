/**
 * What the simulated voter of `tallystick ballot mark` wants: read from the command line, or drawn from a seed. Each
 * wish is checked against the sheet's layout, so that a wrong name is a sentence and not an unmarked oval.
 */
import { seatsOf, type ElectionDefinition } from '../../election-def/definition.js';
import { isWriteInOptionId, type BallotLayout, type SheetLayout } from '../../election-def/layout-types.js';
import { err, must, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { canWrite } from '../pen/handwriting.js';
import type { MarkWish } from '../pen/marked-sheet.js';
import { markKinds, type MarkKind } from '../pen/strokes.js';

const MAX_WRITE_IN_LETTERS = 60;

export function readWishes(
  ballot: BallotLayout,
  sheet: SheetLayout,
  marks: readonly string[],
  writeIns: readonly string[],
): Result<readonly MarkWish[], readonly Problem[]> {
  const wishes = new Map<string, MarkWish>();
  const problems: Problem[] = [];
  for (const given of marks) {
    const read = readMark(ballot, sheet, given);
    if (!read.ok) problems.push(read.error);
    else if (wishes.has(place(read.value)))
      problems.push(usage('--mark', given, 'marks this oval a second time'));
    else wishes.set(place(read.value), read.value);
  }
  for (const given of writeIns) {
    const read = readWriteIn(ballot, sheet, given);
    if (!read.ok) problems.push(read.error);
    else if (wishes.get(place(read.value))?.writeIn !== undefined)
      problems.push(usage('--write-in', given, 'writes into this box a second time'));
    else wishes.set(place(read.value), { ...read.value, ...wishes.get(place(read.value)) });
  }
  return problems.length > 0 ? err(problems) : ok([...wishes.values()]);
}

/** A voter who votes in most contests, for as many as may be, fills ovals mostly well, and sometimes writes a name. */
export function randomWishes(
  definition: ElectionDefinition,
  sheet: SheetLayout,
  random: SeededRandom,
): readonly MarkWish[] {
  const ovals = [...sheet.front.ovals, ...sheet.back.ovals];
  return [...new Set(ovals.map(({ contestId }) => contestId))].flatMap((contestId) => {
    const contest = must(
      definition.contests.find(({ id }) => id === contestId),
      `the election has no contest ${contestId}`,
    );
    const shuffled = random.shuffle(ovals.filter((oval) => oval.contestId === contestId));
    const listed = shuffled.filter(({ optionId }) => !isWriteInOptionId(optionId));
    const options = listed.length === 0 || random.chance(WRITE_IN_SHARE) ? shuffled : listed;
    const seats = seatsOf(contest);
    const count = random.chance(0.1) ? 0 : random.chance(0.85) ? seats : random.integer(1, seats);
    return options.slice(0, count).map(({ optionId }): MarkWish => {
      const kind = random.chance(0.8)
        ? 'full'
        : random.pick<MarkKind>(['overfull', 'x', 'check', 'half', 'slash']);
      const wish = { contestId, optionId, kind };
      return isWriteInOptionId(optionId) ? { ...wish, writeIn: random.pick(NAMES) } : wish;
    });
  });
}

/** Contests in which a write-in line is as likely as any other option. */
const WRITE_IN_SHARE = 0.15;
const NAMES = ['PAT Q. EXAMPLE', 'Robin Sample', "Terry O'Test", 'M. Mustermann'];

function readMark(ballot: BallotLayout, sheet: SheetLayout, given: string): Result<MarkWish> {
  const [, contestId = '', optionId = '', kindName = 'full'] =
    /^([^/=]+)\/([^/=]+)(?:=(.*))?$/.exec(given) ?? [];
  if (contestId === '') return err(usage('--mark', given, 'must be CONTEST/OPTION or CONTEST/OPTION=KIND'));
  const kind = markKinds.find((known) => known === kindName);
  if (kind === undefined)
    return err(usage('--mark', given, `"${kindName}" is none of ${markKinds.join(', ')}`));
  const absent = whyAbsent(ballot, sheet, contestId, optionId);
  return absent === undefined ? ok({ contestId, optionId, kind }) : err(usage('--mark', given, absent));
}

function readWriteIn(ballot: BallotLayout, sheet: SheetLayout, given: string): Result<MarkWish> {
  const [, contestId = '', optionId = '', writeIn = ''] = /^([^/=]+)\/([^/=]+)=(.+)$/.exec(given) ?? [];
  if (writeIn === '') return err(usage('--write-in', given, 'must be CONTEST/write-in-1=TEXT'));
  const absent = whyAbsent(ballot, sheet, contestId, optionId);
  if (absent !== undefined) return err(usage('--write-in', given, absent));
  const boxes = [...sheet.front.writeInBoxes, ...sheet.back.writeInBoxes];
  if (!boxes.some((box) => box.contestId === contestId && box.optionId === optionId)) {
    return err(usage('--write-in', given, `option "${optionId}" has no write-in box`));
  }
  if (Array.from(writeIn).length > MAX_WRITE_IN_LETTERS || !canWrite(writeIn)) {
    const reason = `must be at most ${MAX_WRITE_IN_LETTERS} letters, digits, spaces and . , ' -`;
    return err(usage('--write-in', given, reason));
  }
  return ok({ contestId, optionId, kind: 'full', writeIn });
}

/** Why there is no such oval on this sheet, in words; undefined when there is. */
function whyAbsent(
  ballot: BallotLayout,
  sheet: SheetLayout,
  contestId: string,
  optionId: string,
): string | undefined {
  const ovalsOf = (s: SheetLayout): readonly { contestId: string; optionId: string }[] =>
    [...s.front.ovals, ...s.back.ovals].filter((oval) => oval.contestId === contestId);
  const here = ovalsOf(sheet);
  if (here.some((oval) => oval.optionId === optionId)) return undefined;
  if (here.length > 0) {
    return `contest "${contestId}" has no option "${optionId}", but ${here.map((oval) => oval.optionId).join(', ')}`;
  }
  const other = ballot.sheets.find((s) => ovalsOf(s).length > 0);
  if (other !== undefined)
    return `contest "${contestId}" is on sheet ${other.sheet}, not on sheet ${sheet.sheet}`;
  return `this ballot has no contest "${contestId}"`;
}

function place(wish: MarkWish): string {
  return `${wish.contestId}/${wish.optionId}`;
}

function usage(option: string, given: string, reason: string): Problem {
  return problem('usage', `${option} ${given}`, '', reason);
}
