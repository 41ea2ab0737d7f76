/**
 * A tape as plain text, as it is kept and exported: its printed lines, and each code as its text on one line. Because
 * the lines follow from the signed facts alone, a text is checked by printing the tape again from its own codes and
 * comparing line by line: one changed character is found, and its line is named.
 */
import { TAPE_COLUMNS, type TapeElement, type TapeJob } from '../../drivers/ports.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import { parseCode } from './codes.js';
import type { SignedTape } from './facts.js';
import { checkTape, openTape } from './read-tape.js';
import { tapeDigest } from './sign.js';
import { tapeJob, type TapeIssue } from './tape.js';

const MOST_CHARACTERS = 2_000_000;

export function tapeText(job: TapeJob): string {
  return job.elements
    .flatMap(elementLines)
    .map((line) => `${line}\n`)
    .join('');
}

/** The tape that a text holds in its codes, for printing it again. Its printed lines are not looked at. */
export function tapeOfText(text: string, where: string): Result<SignedTape> {
  if (text.length > MOST_CHARACTERS) return err(problem('bad-tape', where, '', 'is too long for a tape'));
  const codes = text.split('\n').filter((line) => parseCode(line) !== undefined);
  const read = openTape(codes, where);
  return read.ok ? ok({ ...read.value, digest: tapeDigest(read.value.canonical) }) : read;
}

/**
 * Problem codes: `bad-tape-codes`, `bad-tape` (codes missing or damaged), `not-certified`, `signature-invalid`, and
 * `printed-differs` where a printed line is not what was signed.
 */
export function verifyTapeText(
  text: string,
  authorityPublicKey: Uint8Array,
  where: string,
): Result<{ readonly tape: SignedTape; readonly issue: TapeIssue }> {
  const tape = tapeOfText(text, where);
  if (!tape.ok) return tape;
  const trusted = checkTape(tape.value, authorityPublicKey, where);
  if (!trusted.ok) return trusted;
  const issue = checkPrintedLines(text, tape.value, where);
  return issue.ok ? ok({ tape: tape.value, issue: issue.value }) : issue;
}

/** Every line of the text against the tape that its codes hold; who signed those is not looked at. */
export function checkPrintedLines(text: string, tape: SignedTape, where: string): Result<TapeIssue> {
  const lines = text.split('\n');
  const issue = issueOf(lines);
  const expected = tapeText(tapeJob(tape, issue)).split('\n');
  for (let i = 0; i < Math.max(lines.length, expected.length); i++) {
    if (lines[i] === expected[i]) continue;
    const reason = `reads "${lines[i] ?? ''}" where the signed tape reads "${expected[i] ?? ''}"`;
    return err(problem('printed-differs', where, `line ${i + 1}`, reason));
  }
  return ok(issue);
}

/** From the lines above the tape; whatever else stands there is found as a difference. */
function issueOf(lines: readonly string[]): TapeIssue {
  const reprint = lines[0]?.trim() === 'REPRINT';
  const copy = /^COPY ([2-9]|[1-9][0-9])$/.exec(lines[reprint ? 1 : 0]?.trim() ?? '')?.[1];
  return { reprint, copy: copy === undefined ? 1 : Number(copy) };
}

function elementLines(element: TapeElement): readonly string[] {
  switch (element.kind) {
    case 'line':
      return [element.text];
    case 'rule':
      return ['-'.repeat(TAPE_COLUMNS)];
    case 'feed':
      return Array.from({ length: element.lines }, () => '');
    case 'qr':
      return [element.caption, element.text];
    case 'cut':
      return [];
  }
}
