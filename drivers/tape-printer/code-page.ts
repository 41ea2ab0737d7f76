/**
 * The characters that the tape printer can print: Windows-1252, page 16 of ESC t, which has the letters of English
 * and Spanish and the typographic quotes. What it lacks is named before anything is printed; the library would put
 * a question mark in its place.
 */
import { TAPE_COLUMNS, type TapeJob } from '../ports.js';
import { err, ok, problem, type Result } from '../../ground/result.js';

/**
 * Characters of bytes 0x80 to 0x9f; a space where the page has none. The double dagger and the per mille sign are left
 * out, because the virtual printer's font lacks them, and a tape shall look the same everywhere.
 */
const FROM_0X80 = '€ ‚ƒ„…† ˆ Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/** What the printer shows for a byte from 0x20 on; nothing where the page has no character. */
export function characterOfByte(byte: number): string | undefined {
  if (byte === 0x7f) return undefined;
  if (byte < 0x80 || byte >= 0xa0) return String.fromCharCode(byte);
  const character = FROM_0X80[byte - 0x80];
  return character === ' ' ? undefined : character;
}

function isPrintable(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const plain = (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff);
  return plain || FROM_0X80.includes(character);
}

/** The characters of a text that a tape could not show, each once. */
export function unprintableCharacters(text: string): readonly string[] {
  return [...new Set(text.normalize('NFC'))].filter((character) => !isPrintable(character));
}

/** Problem codes: `not-printable` (a character), `line-too-long`. */
export function checkPrintable(job: TapeJob, where: string): Result<void> {
  for (const [i, element] of job.elements.entries()) {
    const path = `elements[${i}]`;
    if (element.kind !== 'line' && element.kind !== 'qr') continue;
    const text = element.kind === 'line' ? element.text : element.caption;
    const lacking = unprintableCharacters(text);
    if (lacking.length > 0) {
      const names = lacking.map((c) => `U+${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
      const reason = `"${text}" has characters that the printer cannot print: ${names.join(', ')}`;
      return err(problem('not-printable', where, path, reason));
    }
    const columns = element.kind === 'line' && element.wide === true ? TAPE_COLUMNS / 2 : TAPE_COLUMNS;
    if (Array.from(text.normalize('NFC')).length > columns) {
      return err(problem('line-too-long', where, path, `"${text}" is longer than ${columns} characters`));
    }
  }
  return ok(undefined);
}
