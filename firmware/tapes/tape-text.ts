/**
 * A tape as plain text, as it is kept and exported: its printed lines, and each code as its text on one line. Because
 * the lines follow from the signed facts alone, a text is checked by printing the tape again from its own codes and
 * comparing line by line: one changed character is found, and its line is named.
 */
import { TAPE_COLUMNS, type TapeElement, type TapeJob } from '../../drivers/ports.js';
import { err, ok, problem, type Result } from '../../ground/result.js';
import { parseCode } from './codes.js';
import type { SignedTape } from './facts.js';
import { checkTape, openTape, type ReadTape } from './read-tape.js';
import { tapeDigest } from './sign.js';
import { issueElements, tapeElements, type TapeIssue } from './tape.js';

const MOST_CHARACTERS = 2_000_000;

export function tapeText(job: TapeJob): string {
  return job.elements
    .flatMap(elementLines)
    .map((line) => `${line}\n`)
    .join('');
}

/**
 * Problem codes: `bad-tape-codes`, `bad-tape` (codes missing or damaged), `not-certified`, `signature-invalid`, and
 * `printed-differs` where a printed line is not what was signed.
 */
export function verifyTapeText(
  text: string,
  authorityPublicKey: Uint8Array,
  where: string,
): Result<{ readonly tape: ReadTape; readonly issue: TapeIssue }> {
  if (text.length > MOST_CHARACTERS) return err(problem('bad-tape', where, '', 'is too long for a tape'));
  const lines = text.split('\n');
  const read = openTape(
    lines.filter((line) => parseCode(line) !== undefined),
    where,
  );
  if (!read.ok) return read;
  const trusted = checkTape(read.value, authorityPublicKey, where);
  if (!trusted.ok) return trusted;

  const issue = issueOf(lines);
  const signed: SignedTape = { ...read.value, digest: tapeDigest(read.value.canonical) };
  const expected = tapeText({
    elements: [...issueElements(issue), ...tapeElements(signed), { kind: 'cut' }],
  });
  const expectedLines = expected.split('\n');
  for (let i = 0; i < Math.max(lines.length, expectedLines.length); i++) {
    if (lines[i] === expectedLines[i]) continue;
    const reason = `reads "${lines[i] ?? ''}" where the signed tape reads "${expectedLines[i] ?? ''}"`;
    return err(problem('printed-differs', where, `line ${i + 1}`, reason));
  }
  return ok({ tape: read.value, issue });
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
