/** Many mutations of every artefact of one day, from one seed, and what became of each. */
import { join } from 'node:path';
import { seededRandom } from '../../ground/seeded-random.js';
import type { Artefact, Tried } from './artefact.js';
import { ballotBox } from './cards.js';
import type { MutationDay } from './day.js';
import { resignedExport, signedExport, signedPackage } from './folders.js';
import {
  auditLog,
  authorityFile,
  deviceAnchor,
  deviceCertificate,
  securityKey,
  tapeCodeSet,
  tapeText,
} from './papers.js';

export interface Row {
  readonly name: string;
  tried: number;
  found: number;
  /** How it was found: problem codes, and how often. */
  readonly how: Map<string, number>;
  readonly harmless: Map<string, number>;
  /** Not found, or the verifier threw: each with the number that replays it. */
  readonly failures: string[];
  ms: number;
}

const MOST_FAILURES = 20;

export function artefactsOf(day: MutationDay): readonly Artefact[] {
  const work = join(day.folder, 'mutated');
  return [
    signedPackage(day, work),
    signedExport(day, work),
    resignedExport(day, work),
    ballotBox(day, work),
    auditLog(day),
    tapeText(day),
    tapeCodeSet(day),
    deviceCertificate(day),
    securityKey(day),
    authorityFile(day),
    deviceAnchor(day, work),
  ];
}

/** @param mutations all together, shared out by weight */
export async function campaign(
  artefacts: readonly Artefact[],
  mutations: number,
  seed: string,
  nowMs: () => number,
  onRow: (row: Row) => void = () => undefined,
): Promise<readonly Row[]> {
  const weights = artefacts.reduce((sum, { weight }) => sum + weight, 0);
  const rows: Row[] = [];
  for (const artefact of artefacts) {
    const share = Math.ceil((mutations * artefact.weight) / weights);
    const row = emptyRow(artefact.name);
    const startMs = nowMs();
    for (let number = 0; number < share; number++) await attempt(artefact, seed, number, row);
    row.ms = nowMs() - startMs;
    rows.push(row);
    onRow(row);
  }
  return rows;
}

/** One single mutation again, by its number. */
export async function replay(artefact: Artefact, seed: string, number: number): Promise<Tried> {
  return artefact.attempt(seededRandom(`${seed}/${artefact.name}/${number}`));
}

async function attempt(artefact: Artefact, seed: string, number: number, row: Row): Promise<void> {
  row.tried += 1;
  try {
    const { what, outcome } = await replay(artefact, seed, number);
    if (outcome.is === 'found') {
      row.found += 1;
      row.how.set(outcome.how, (row.how.get(outcome.how) ?? 0) + 1);
    } else if (outcome.is === 'harmless') {
      row.harmless.set(outcome.why, (row.harmless.get(outcome.why) ?? 0) + 1);
    } else fail(row, number, `NOT FOUND: ${what}`);
  } catch (thrown) {
    fail(
      row,
      number,
      `the verifier threw: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}`,
    );
  }
}

function fail(row: Row, number: number, what: string): void {
  if (row.failures.length < MOST_FAILURES) row.failures.push(`ONE="${row.name}:${number}"  ${what}`);
}

function emptyRow(name: string): Row {
  return { name, tried: 0, found: 0, how: new Map(), harmless: new Map(), failures: [], ms: 0 };
}
