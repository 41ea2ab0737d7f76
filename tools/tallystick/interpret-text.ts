/** What `interpret` says to people. */
import type { MarkThresholds } from '../../election-def/mark-thresholds.js';
import { explainSide } from '../../vision/explain.js';
import type { Reject, SideReading } from '../../vision/reading.js';
import { rejectSentence } from '../../vision/rejects.js';
import type { ReadImage } from './interpret-images.js';

export function describeReject(reject: Reject): readonly string[] {
  return [`Refused: ${rejectSentence(reject.reason)}`, `  ${reject.reason}: ${reject.detail}`];
}

/** Without a sign where nothing is left to have one. */
export function inHundredths(value: number): string {
  const text = value.toFixed(2);
  return text === '-0.00' ? '0.00' : text;
}

export function describeSide(reading: SideReading): readonly string[] {
  const { code } = reading;
  const lines = [
    `${code.side} of sheet ${code.sheet}, ballot style ${code.styleNumber}, precinct ${code.precinctNumber}` +
      `${code.test ? ', TEST BALLOT' : ''} (${reading.orientation}, skew ${inHundredths(reading.skewDegrees)} degrees)`,
  ];
  for (const oval of reading.ovals) {
    if (oval.verdict === 'blank') continue;
    const share = `${(oval.score.light * 100).toFixed(0)} % of its inside`;
    lines.push(`  ${oval.verdict.padEnd(9)}  ${oval.contestId}: ${oval.optionId} (${share})`);
  }
  const blank = reading.ovals.filter((oval) => oval.verdict === 'blank').length;
  lines.push(`  blank      ${blank} of ${reading.ovals.length} ovals`);
  for (const box of reading.writeIns) {
    if (box.written) lines.push(`  written in ${box.contestId}: ${box.optionId}`);
  }
  for (const fault of reading.faults) lines.push(`  note       ${fault.detail}`);
  return lines;
}

/** Why each oval of an image is what it is; as words and as JSON. */
export function explainImage(
  { name, result }: ReadImage,
  thresholds: MarkThresholds,
): { readonly lines: readonly string[]; readonly json: unknown } {
  if (result.kind === 'rejected') {
    const lines = [`Why ${name} was refused:`, ...describeReject(result.reject).map((line) => `  ${line}`)];
    return { lines, json: { image: name, reject: result.reject } };
  }
  const explained = explainSide(result.reading, thresholds);
  const lines = [
    `Why ${name} was read as it was:`,
    ...explained.page.map((fact) => `  ${fact}`),
    ...explained.ovals.flatMap(({ contestId, optionId, conclusion, reasons }) => [
      `  ${contestId}: ${optionId}`,
      `    ${conclusion}`,
      ...reasons.map(({ sentence }) => `      ${sentence}`),
    ]),
    ...explained.writeIns.map((sentence) => `  ${sentence}`),
  ];
  return { lines, json: { image: name, ...explained } };
}
