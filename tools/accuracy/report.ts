/** The results as the tables of docs/accuracy.md: what was asked, what was measured, and every count behind it. */
import { innocentKinds } from './innocent.js';
import type { AccuracyResults } from './results.js';
import { countOf, verdicts, type Counts, type Tally } from './tally.js';
import { voterGroups } from './pages.js';
import { truths } from './truth.js';

/** In these must be no error at all; the first lines of every report. */
export function failuresOf(r: AccuracyResults): readonly string[] {
  const failures: string[] = [];
  const none = (count: number, what: string): void => {
    if (count > 0) failures.push(`${count} ${what}`);
  };
  none(r.positions.tally.errors, 'errors on single positions');
  for (const group of voterGroups) {
    none(r.pages[group].tally.errors, `errors on whole sheets, ${group}`);
    none(r.pages[group].refused, `sheets within the declared range refused, ${group}`);
  }
  for (const kind of innocentKinds) {
    none(countOf(r.innocent[kind].kinds, { verdicts: ['marked'] }), `votes made of a ${kind}`);
  }
  none(r.streaks.votes, 'votes made of a streak');
  for (const [direction, counts] of Object.entries(r.pencilLines)) {
    none(counts.blank + counts.ambiguous, `pencil lines at ${direction} degrees not taken for a vote`);
  }
  none(r.sameSheet.flips, 'ovals blank once and marked another time');
  none(r.secondOpinion.disagreements.length, 'disagreements with the second opinion');
  return failures;
}

export function reportOf(r: AccuracyResults): string {
  return [
    ...head(r),
    '',
    ...kindsTable('Single positions', r.positions.tally),
    '',
    ...innocentTable(r),
    '',
    ...sweepTable(r),
    '',
    ...pairTable(r),
    ...r.markSweeps.flatMap(({ name, rows }) => [
      '',
      `| ${name} | blank | ambiguous | marked |`,
      '| --- | --- | --- | --- |',
      ...rows.map(({ value, verdicts: v }) => `| ${value} | ${v.blank} | ${v.ambiguous} | ${v.marked} |`),
    ]),
  ].join('\n');
}

function head(r: AccuracyResults): readonly string[] {
  const { positions, pages, sameSheet, secondOpinion, registration } = r;
  const all = voterGroups.map((group) => pages[group]);
  const sheets = all.reduce((sum, one) => sum + one.sheets, 0);
  const refused = all.reduce((sum, one) => sum + one.refused, 0);
  const ovals = all.reduce((sum, one) => sum + countOf(one.tally.kinds), 0);
  const errors = all.reduce((sum, one) => sum + one.tally.errors, 0);
  const told = pages.instructed;
  const odd = oddVotes(pages['odd marks'].tally.kinds);
  const lines = Object.entries(r.pencilLines);
  const { tally } = positions;
  return [
    '| what | measured | what that proves, at 95 % |',
    '| --- | --- | --- |',
    `| single positions: blank and marked mistaken for each other | ${tally.errors} of ${n(withTruth(tally))} with a truth (${n(positions.positions)} positions on ${n(positions.sides)} sides, ${n(positions.drawn)} marks drawn) | ${bound(tally.errors, withTruth(tally))} |`,
    `| whole sheets: the same | ${errors} of ${n(ovals)} ovals on ${n(2 * sheets)} sides | ${bound(errors, ovals)} |`,
    `| sheets within the declared range refused | ${refused} of ${n(sheets)} | ${bound(refused, sheets)} |`,
    `| sheets of voters who follow the instruction, given back as ambiguous or refused | ${told.ambiguousSheets + told.refused} of ${n(told.sheets)} | ${bound(told.ambiguousSheets + told.refused, told.sheets)} |`,
    `| odd marks (check, X, slash, half) that are votes by their ink, ambiguous | ${odd.ambiguous} of ${n(odd.all)}: ${share(odd.ambiguous, odd.all)} | |`,
    `| 1 mm pencil line not a vote | ${lines.map(([d, c]) => `${d}°: ${c.blank + c.ambiguous} of ${n(c.blank + c.ambiguous + c.marked)}`).join(', ')} | |`,
    `| marks that a person would see, silently blank | ${tally.visibleBlank} of ${n(tally.visible)} | ${bound(tally.visibleBlank, tally.visible)} |`,
    `| one sheet scanned ${n(sameSheet.scans)} times, an oval at every place: blank and marked | ${sameSheet.flips} of ${n(sameSheet.ovals)} ovals; ${sameSheet.wavering} not always the same; ${sameSheet.refused} scans refused | |`,
    `| second opinion | ${secondOpinion.disagreements.length} disagreements on ${n(secondOpinion.sides)} sides: ${n(secondOpinion.confirmed)} ovals confirmed, ${n(secondOpinion.ambiguous)} ambiguous, ${n(secondOpinion.unsure)} where it was unsure | |`,
    `| error of registration before the outline is looked for | mean ${registration.meanPx.toFixed(2)} px, worst ${registration.worstPx.toFixed(2)} px on ${registration.sides} sides | |`,
    `| most ink scored where nothing was, least where a vote was (\`light\`) | ${tally.mostLightOfNothing} and ${tally.leastLightOfVote} | |`,
  ];
}

function withTruth(tally: Tally): number {
  return countOf(tally.kinds, { truths: ['vote', 'nothing', 'smudge'] });
}

function oddVotes(kinds: Record<string, Counts>): { ambiguous: number; all: number } {
  const marks = Object.fromEntries(Object.entries(kinds).filter(([kind]) => kind !== 'none'));
  return {
    ambiguous: countOf(marks, { truths: ['vote'], verdicts: ['ambiguous'] }),
    all: countOf(marks, { truths: ['vote'] }),
  };
}

function kindsTable(title: string, tally: Tally): readonly string[] {
  const cell = (counts: Counts, truth: (typeof truths)[number]): string => {
    const numbers = verdicts.map((verdict) => counts[truth][verdict]);
    return numbers.every((count) => count === 0) ? '' : numbers.map(n).join(' / ');
  };
  return [
    `| ${title}: kind | ${truths.map((truth) => `truth *${truth}*`).join(' | ')} |`,
    `| --- |${truths.map(() => ' --- |').join('')}`,
    ...Object.entries(tally.kinds)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([kind, counts]) => `| ${kind} | ${truths.map((truth) => cell(counts, truth)).join(' | ')} |`),
  ];
}

function innocentTable(r: AccuracyResults): readonly string[] {
  const row = (kind: (typeof innocentKinds)[number]): string => {
    const { kinds } = r.innocent[kind];
    const all = countOf(kinds);
    const below = countOf(kinds, { truths: ['nothing'] });
    const ambiguous = countOf(kinds, { truths: ['nothing'], verdicts: ['ambiguous'] });
    const votes = countOf(kinds, { verdicts: ['marked'] });
    return `| ${kind} | ${n(all)} | ${votes} | ${share(below - ambiguous, below)} of ${n(below)} | ${share(all - below, all)} |`;
  };
  const { streaks } = r;
  return [
    '| no vote | targets | votes | blank, of those below what a person would call a mark | left out of that |',
    '| --- | --- | --- | --- | --- |',
    ...innocentKinds.map(row),
    `| streak | ${n(streaks.targets)} on ${streaks.sides} sides | ${streaks.votes} | ${streaks.refused} sides refused, ${streaks.ambiguous} ovals ambiguous | |`,
  ];
}

function sweepTable(r: AccuracyResults): readonly string[] {
  const value = (at: number | undefined): string => (at === undefined ? 'none' : `${Number(at.toFixed(3))}`);
  return [
    '| factor | declared range | first ambiguous | first refused | first wrong | tried up to |',
    '| --- | --- | --- | --- | --- | --- |',
    ...r.sweeps.map(
      (s) =>
        `| ${s.name}, ${s.unit} | ${s.declared} | ${value(s.firstAmbiguous)} | ${value(s.firstRefused)}${s.refusedAs === '' ? '' : ` (${s.refusedAs})`} | ${value(s.firstWrong)} | ${s.last} |`,
    ),
  ];
}

function pairTable(r: AccuracyResults): readonly string[] {
  if (r.pairs.length === 0) return ['Pairs of factors were not swept in this run.'];
  const at = (times: number): string => {
    const these = r.pairs.filter((pair) => pair.times === times);
    const counted = (['right', 'ambiguous', 'refused', 'wrong'] as const).map(
      (outcome) => these.filter((pair) => pair.outcome === outcome).length,
    );
    return `| ${times} | ${counted.join(' | ')} |`;
  };
  const wrong = r.pairs.filter(({ outcome }) => outcome === 'wrong');
  return [
    '| two factors, each at so many times its range | right | ambiguous | refused | wrong |',
    '| --- | --- | --- | --- | --- |',
    ...[1, 1.5, 2].map(at),
    ...wrong.map(({ names, times }) => `\nWrong: ${names.join(' and ')} at ${times} times their ranges.`),
  ];
}

function n(count: number): string {
  return count.toLocaleString('en-US');
}

function share(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${((100 * part) / whole).toFixed(3)} %`;
}

/**
 * Upper bound of the rate at 95 % confidence: 3 / n for no case; for some the Poisson bound by Wilson and Hilferty's
 * approximation to the chi-square quantile.
 */
function bound(cases: number, trials: number): string {
  if (trials === 0) return 'nothing';
  const d = 2 * (cases + 1);
  const quantile = d * (1 - 2 / (9 * d) + 1.6449 * Math.sqrt(2 / (9 * d))) ** 3;
  return `fewer than 1 in ${n(Math.floor(trials / (quantile / 2)))}`;
}
