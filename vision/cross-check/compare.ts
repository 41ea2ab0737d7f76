/**
 * The reader against the second opinion. Whatever the reader was sure of must not be contradicted: an oval that is
 * blank for the one and marked for the other, another code, another way up. Ambiguous ovals have no truth to compare,
 * and where the second opinion is unsure it has none to offer; both are counted, so that an agreement that rests on
 * little is seen.
 */
import { encodeBallotCode } from '../../election-def/ballot-code.js';
import type { SideReading, SideResult } from '../reading.js';
import type { SecondReading } from './reading.js';

export type FindingKind = 'oval' | 'ovals-missing' | 'code' | 'orientation' | 'refused-by-second';

export interface Finding {
  readonly kind: FindingKind;
  /** One sentence. */
  readonly detail: string;
  /** For `oval`. */
  readonly contestId?: string;
  readonly optionId?: string;
}

/** How many of the reader's ovals were confirmed, and why the others could not be. */
export interface Agreement {
  readonly confirmed: number;
  readonly ambiguous: number;
  readonly unsure: number;
}

/** Empty where the two agree; also where the reader refused the side, because then nothing was said to compare. */
export function compareReadings(live: SideResult, second: SecondReading): readonly Finding[] {
  if (live.kind === 'rejected') return [];
  const { reading } = live;
  if (second.kind === 'rejected') {
    return [{ kind: 'refused-by-second', detail: `the second reading could not be made: ${second.reason}` }];
  }
  const findings: Finding[] = [];
  const [ours, theirs] = [cells(reading.code), cells(second.code)];
  if (ours !== theirs) findings.push({ kind: 'code', detail: `the codes differ: ${ours} against ${theirs}` });
  if (reading.orientation !== second.orientation) {
    const detail = `the reader says ${reading.orientation}, the second reading ${second.orientation}`;
    findings.push({ kind: 'orientation', detail });
  }
  return ours === theirs ? [...findings, ...compareOvals(reading, second)] : findings;
}

type Read = Extract<SecondReading, { readonly kind: 'read' }>;

function compareOvals(reading: SideReading, second: Read): readonly Finding[] {
  if (reading.ovals.length !== second.ovals.length) {
    const detail = `${reading.ovals.length} ovals against ${second.ovals.length}`;
    return [{ kind: 'ovals-missing', detail }];
  }
  return reading.ovals.flatMap(({ contestId, optionId, verdict }): Finding[] => {
    const other = second.ovals.find((o) => o.contestId === contestId && o.optionId === optionId);
    if (other === undefined) {
      return [
        { kind: 'ovals-missing', detail: `${contestId}: ${optionId} was not read`, contestId, optionId },
      ];
    }
    if (verdict === 'ambiguous' || other.verdict === 'unsure' || other.verdict === verdict) return [];
    const seen = `${(100 * other.darkShare).toFixed(1)} % of its inside dark`;
    const detail = `${contestId}: ${optionId} is ${verdict} for the reader and ${other.verdict} for the second reading (${seen})`;
    return [{ kind: 'oval', detail, contestId, optionId }];
  });
}

export function agreementOf(live: SideReading, second: SecondReading): Agreement {
  const counts = { confirmed: 0, ambiguous: 0, unsure: 0 };
  const others = second.kind === 'read' ? second.ovals : [];
  for (const { contestId, optionId, verdict } of live.ovals) {
    const other = others.find((o) => o.contestId === contestId && o.optionId === optionId);
    if (verdict === 'ambiguous') counts.ambiguous++;
    else if (other === undefined || other.verdict === 'unsure') counts.unsure++;
    else if (other.verdict === verdict) counts.confirmed++;
  }
  return counts;
}

function cells(code: Parameters<typeof encodeBallotCode>[0]): string {
  return encodeBallotCode(code)
    .map((ink) => (ink ? '1' : '0'))
    .join('');
}
