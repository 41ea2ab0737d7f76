/**
 * What counts as a mark, as a statement that is published, printed on request and kept with the records (VVSG 2.0
 * 1.1.6-G; 1.2-A asks for the same of accuracy): the rule of `verdict.ts` in words, with the numbers of this election.
 */
import type { MarkThresholds } from '../election-def/mark-thresholds.js';
import { FAINT_BELOW, FROM_BEHIND, LINE_FROM, PALE, PALE_LINE, STAIN, STROKE_FROM } from './verdict.js';

export interface MarkStatement {
  /** What is measured, and where. */
  readonly measured: readonly string[];
  readonly rules: readonly {
    readonly heading: string;
    /** All of them must be met. */
    readonly conditions: readonly string[];
  }[];
  readonly remarks: readonly string[];
  /** Every number in force, under the name that it has in the definition. */
  readonly numbers: readonly { readonly name: string; readonly value: number; readonly text: string }[];
}

export function markStatement(t: MarkThresholds): MarkStatement {
  return {
    measured: [
      'The inside of each oval is measured, half a millimeter within its printed outline, against the paper around it and the black of the timing marks.',
      'A point is darker than paper from 12 % of the way from paper to black on, and dark from 35 % on.',
    ],
    rules: [
      {
        heading: 'An oval is MARKED when all of these are so:',
        conditions: [
          `${percent(t.light.markedFrom)} or more of its inside is darker than paper`,
          `the ink reaches ${mm(t.spanMm.markedFrom)} or more in its longest direction`,
          `its inside is ${t.timesRing} times as much darkened as the ring around it, or more`,
          `its inside is ${percent(t.darkness.markedFrom)} dark or more on the mean`,
          `${percent(t.dark.markedFrom)} or more of its inside is dark, or the ink itself is ${percent(t.densityFrom)} dark or more`,
        ],
      },
      {
        heading: 'An oval is BLANK when all of these are so:',
        conditions: [
          `less than ${percent(t.light.blankBelow)} of its inside is darker than paper`,
          `its inside is less than ${percent(t.darkness.blankBelow)} dark on the mean`,
          `less than ${percent(t.haloAmbiguousFrom)} of the ring around it is darker than paper`,
          `its outline is darker than the printed line by less than ${percent(t.rimAmbiguousFrom)}`,
          `its printed outline stands out by ${percent(t.outlineLeast)} or more`,
        ],
      },
    ],
    remarks: [
      'Every other oval is AMBIGUOUS: it is shown to the voter, and is never counted or dropped silently.',
      `A thin line through an oval that runs on outside of it on both sides for ${percent(LINE_FROM)} of the way or more (${percent(PALE_LINE.from)} where its ink is less than ${percent(PALE_LINE.densityBelow)} dark) is a fold and is taken away first; where it decides and is dark, or covers ${percent(STROKE_FROM)} or more of the inside, the oval is ambiguous.`,
      `A mark whose ink is less than ${percent(FAINT_BELOW)} dark is compared with the other side of the sheet: where ${percent(FROM_BEHIND)} or more of it has clearly darker ink behind it, it may have come through the paper, and the oval is ambiguous.`,
      `A mark whose ink is less than ${percent(STAIN.densityBelow)} dark is ambiguous where ${percent(STAIN.haloFrom)} or more of the ring around the oval is darker than paper: it may be a stain; and where less than ${percent(PALE.densityBelow)} dark, its inside must be ${PALE.timesRing} times as much darkened as the ring.`,
      `A write-in box is written in when ${percent(t.writeInInkFrom)} or more of it is ink.`,
    ],
    numbers: [
      number('light.blankBelow', t.light.blankBelow, percent),
      number('light.markedFrom', t.light.markedFrom, percent),
      number('dark.markedFrom', t.dark.markedFrom, percent),
      number('darkness.blankBelow', t.darkness.blankBelow, percent),
      number('darkness.markedFrom', t.darkness.markedFrom, percent),
      number('densityFrom', t.densityFrom, percent),
      number('spanMm.markedFrom', t.spanMm.markedFrom, mm),
      number('haloAmbiguousFrom', t.haloAmbiguousFrom, percent),
      number('rimAmbiguousFrom', t.rimAmbiguousFrom, percent),
      number('timesRing', t.timesRing, times),
      number('outlineLeast', t.outlineLeast, percent),
      number('writeInInkFrom', t.writeInInkFrom, percent),
    ],
  };
}

function number(
  name: string,
  value: number,
  write: (value: number) => string,
): MarkStatement['numbers'][number] {
  return { name, value, text: write(value) };
}

/** With as many digits as the number has, so that nothing in force is rounded away. */
function percent(share: number): string {
  return `${Number((100 * share).toFixed(6))} %`;
}

function times(ratio: number): string {
  return `${ratio} times`;
}

function mm(length: number): string {
  return `${length} mm`;
}
