/**
 * Passcodes of security keys: digits, because the machine's screen has a number pad. At least eight, and none that a
 * stranger would try first (VVSG 2.0, 11.3.2-B and -D). After wrong ones the machine waits, longer each time, and
 * remembers over restarts (11.5-A to -D; `device-state/passcode-tries.ts`).
 */
import { err, ok, problem, type Result } from '../../ground/result.js';

export const SHORTEST_PASSCODE = 8;
export const LONGEST_PASSCODE = 16;
const FEWEST_DIFFERENT_DIGITS = 4;

/** Whether a new passcode is good enough; the reason says what is wrong with it, never which it was. */
export function checkNewPasscode(passcode: string): Result<void> {
  const weak = (reason: string): Result<void> => err(problem('passcode-weak', 'passcode', '', reason));
  if (!/^[0-9]*$/.test(passcode)) return weak('must be digits only');
  if (passcode.length < SHORTEST_PASSCODE || passcode.length > LONGEST_PASSCODE) {
    return weak(`must have ${SHORTEST_PASSCODE} to ${LONGEST_PASSCODE} digits`);
  }
  if (new Set(passcode).size < FEWEST_DIFFERENT_DIGITS) {
    return weak(`must have at least ${FEWEST_DIFFERENT_DIGITS} different digits`);
  }
  if (isRepetition(passcode)) return weak('must not repeat one group of digits');
  if (isSequence(passcode)) return weak('must not count up or down');
  if (holdsDate(passcode)) return weak('must not hold a date');
  return ok(undefined);
}

const FREE_TRIES = 2;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 3_600_000;

/** How long no passcode is taken after so many wrong ones in a row: nothing, nothing, 5 s, 10 s, … 1 hour. */
export function waitAfterWrongTriesMs(tries: number): number {
  if (tries <= FREE_TRIES) return 0;
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - FREE_TRIES - 1));
}

/** 12341234, 123123123: the same as itself moved on by a few digits. */
function isRepetition(digits: string): boolean {
  for (let period = 1; 2 * period <= digits.length; period++) {
    if (digits.slice(period) === digits.slice(0, -period)) return true;
  }
  return false;
}

/** 34567890, 98765432, 02468024: every step the same. */
function isSequence(digits: string): boolean {
  const steps = Array.from(digits.slice(1), (digit, i) => (Number(digit) - Number(digits[i]) + 10) % 10);
  return steps.every((step) => step === steps[0]);
}

/** Eight digits in a row that are a day of 1900 to 2099 in one of the usual orders. */
function holdsDate(digits: string): boolean {
  for (let at = 0; at + 8 <= digits.length; at++) {
    const part = (from: number, length: number): number =>
      Number(digits.slice(at + from, at + from + length));
    const yearFirst = isDay(part(0, 4), part(4, 2), part(6, 2));
    const monthFirst = isDay(part(4, 4), part(0, 2), part(2, 2));
    const dayFirst = isDay(part(4, 4), part(2, 2), part(0, 2));
    if (yearFirst || monthFirst || dayFirst) return true;
  }
  return false;
}

function isDay(year: number, month: number, day: number): boolean {
  return year >= 1900 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}
