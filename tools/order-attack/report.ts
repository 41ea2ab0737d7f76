/** The order attack's findings as tables for people. */
import type { Verdict } from './tally.js';
import { SIGNIFICANT } from './tally.js';

/** One line for each attack: its best statistic, and how many there are. */
export function attackTable(verdicts: readonly Verdict[]): string {
  const attacks = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const rows = attacks.get(verdict.attack) ?? [];
    rows.push(verdict);
    attacks.set(verdict.attack, rows);
  }
  const lines = [...attacks].map(([attack, [best, ...more]]) =>
    best === undefined
      ? ''
      : `| ${attack} | ${best.attacker} | ${1 + more.length} | ${best.variant}: ${best.statistic} | ` +
        `${signed(best.advantage)} ± ${best.within.toFixed(4)} | ${best.p.toPrecision(2)} | ${best.pCorrected.toPrecision(2)} |`,
  );
  return [
    '| attack | what the attacker has | statistics | best of them | advantage ± 95 % of chance | p | p corrected |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...lines.sort(),
  ].join('\n');
}

export function leaksIn(verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.filter(({ pCorrected }) => pCorrected < SIGNIFICANT);
}

export function describe({ attack, variant, statistic, advantage, pCorrected }: Verdict): string {
  return `${attack}: ${variant}, ${statistic}: ${signed(advantage)}, p ${pCorrected.toPrecision(2)}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
