/** `interpret --thresholds`: what counts as a mark in this election, in words and numbers. */
import { markStatement } from '../../vision/mark-statement.js';
import type { VerbOutcome } from './command.js';
import type { ElectionToRead } from './interpret-election.js';

const MARK_STATEMENT_FORMAT = 'tallystick-mark-statement/1';

export function showThresholds({ definition, definitionSha256 }: ElectionToRead): VerbOutcome {
  const thresholds = definition.settings.markThresholds;
  const statement = markStatement(thresholds);
  const width = Math.max(...statement.numbers.map(({ name }) => name.length));
  const lines = [
    `What counts as a mark in ${definition.id} (definition ${definitionSha256})`,
    '',
    ...statement.measured,
    ...statement.rules.flatMap(({ heading, conditions }) => [
      '',
      heading,
      ...conditions.map((c) => `  - ${c}`),
    ]),
    '',
    ...statement.remarks,
    '',
    'Numbers in force',
    ...statement.numbers.map(({ name, text }) => `  ${name.padEnd(width)}  ${text}`),
  ];
  const json = {
    format: MARK_STATEMENT_FORMAT,
    election: definition.id,
    definitionSha256,
    thresholds,
    statement,
  };
  return { kind: 'done', text: lines.join('\n'), json };
}
