/**
 * The thresholds in force as a tape: what counts as a mark in this election, in words and numbers, for whoever asks at
 * the polling place (VVSG 2.0 1.1.6-G). It shows no votes and is not signed: the definition that it names by its
 * digest is.
 */
import type { TapeElement, TapeJob } from '../../drivers/ports.js';
import type { ElectionDefinition } from '../../election-def/definition.js';
import { markStatement } from '../../vision/mark-statement.js';
import { speaker } from './build.js';
import { centred, digestLines, entry, feed, paragraph, rule } from './lines.js';

export interface ThresholdsTapeInput {
  readonly definition: ElectionDefinition;
  /** 64 lower-case hexadecimal digits. */
  readonly definitionSha256: string;
  readonly deviceSerial: string;
  /** YYYY-MM-DDTHH:MM:SS as the device's clock says. */
  readonly wallTime: string;
}

export function thresholdsTape(input: ThresholdsTapeInput): TapeJob {
  const { definition, definitionSha256, deviceSerial, wallTime } = input;
  const say = speaker(definition);
  const { measured, rules, remarks, numbers } = markStatement(definition.settings.markThresholds);
  const elements: readonly TapeElement[] = [
    ...centred('WHAT COUNTS', { bold: true, wide: true }),
    ...centred('AS A MARK', { bold: true, wide: true }),
    feed(1),
    ...centred(say(definition.title), { bold: true }),
    ...centred(say(definition.jurisdiction)),
    rule,
    ...entry('Unit serial number', deviceSerial),
    ...entry('Printed', wallTime.replace('T', ' ')),
    feed(1),
    ...measured.flatMap((text) => paragraph(text)),
    ...rules.flatMap(({ heading, conditions }) => [
      feed(1),
      ...paragraph(heading, { bold: true }),
      ...conditions.flatMap((text) => paragraph(`- ${text}`, { indent: 1, hang: true })),
    ]),
    ...remarks.flatMap((text) => [feed(1), ...paragraph(text)]),
    rule,
    ...paragraph('Numbers in force', { bold: true }),
    ...numbers.flatMap(({ name, text }) => entry(name, text)),
    feed(1),
    ...digestLines('Election definition (SHA-256)', definitionSha256),
    feed(1),
    ...centred('END OF THRESHOLDS', { bold: true }),
    { kind: 'cut' },
  ];
  return { elements };
}
