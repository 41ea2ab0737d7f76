/**
 * From a sheet that was read to its cast vote record: every position of the sheet as the reader saw it, and what the
 * contest rules make of it. Pure; the id comes from the system's generator through the caller.
 */
import { applyContestRules } from '../../election-def/contest-rules.js';
import type { ElectionDefinition } from '../../election-def/definition.js';
import type { BallotLayout } from '../../election-def/layout-types.js';
import { assert, must } from '../../ground/result.js';
import { toHex } from '../../ground/bytes.js';
import type { Bin, RandomSource } from '../../drivers/ports.js';
import type { OvalReading, SheetResult, WriteInReading } from '../../vision/reading.js';
import { RECORD_FORMAT, type CastVoteRecord, type ElectionMode, type RecordedContest } from './record.js';

export interface RecordContext {
  readonly definition: ElectionDefinition;
  readonly definitionSha256: string;
  /** The layout of this sheet's ballot: which contests and options it prints, in which order. */
  readonly layout: BallotLayout;
  readonly deviceSerial: string;
  readonly mode: ElectionMode;
  readonly simulated: boolean;
}

export type ReadSheet = Extract<SheetResult, { kind: 'read' }>;

/** 128 random bits: no time, no sequence. */
export function newRecordId(random: RandomSource): string {
  return toHex(random.bytes(16));
}

export function buildRecord(sheet: ReadSheet, context: RecordContext, bin: Bin, id: string): CastVoteRecord {
  const { definition, layout } = context;
  assert(
    layout.styleId === sheet.styleId && layout.precinctId === sheet.precinctId,
    'the layout is that of the sheet',
  );
  const ovals = [...sheet.front.ovals, ...sheet.back.ovals];
  const writeIns = [...sheet.front.writeIns, ...sheet.back.writeIns];
  return {
    format: RECORD_FORMAT,
    id,
    electionId: definition.id,
    definitionSha256: context.definitionSha256,
    deviceSerial: context.deviceSerial,
    mode: context.mode,
    simulated: context.simulated,
    styleId: sheet.styleId,
    precinctId: sheet.precinctId,
    sheet: sheet.sheet,
    contests: printedOrder(layout, sheet.sheet).map(({ contestId, optionIds }) =>
      recordContest(definition, contestId, optionIds, ovals, writeIns),
    ),
    bin,
    thresholds: definition.settings.markThresholds,
  };
}

interface PrintedContest {
  readonly contestId: string;
  readonly optionIds: readonly string[];
}

/** Contests and options of one sheet as they are printed, front before back. */
export function printedOrder(layout: BallotLayout, sheet: number): readonly PrintedContest[] {
  const { front, back } = must(
    layout.sheets.find((one) => one.sheet === sheet),
    `a ballot without sheet ${sheet}`,
  );
  const printed = new Map<string, string[]>();
  for (const { contestId, optionId } of [...front.ovals, ...back.ovals]) {
    const options = printed.get(contestId);
    if (options === undefined) printed.set(contestId, [optionId]);
    else options.push(optionId);
  }
  return [...printed].map(([contestId, optionIds]) => ({ contestId, optionIds }));
}

function recordContest(
  definition: ElectionDefinition,
  contestId: string,
  optionIds: readonly string[],
  ovals: readonly OvalReading[],
  writeIns: readonly WriteInReading[],
): RecordedContest {
  const contest = must(
    definition.contests.find((one) => one.id === contestId),
    `no contest ${contestId}`,
  );
  const isHere = (reading: { contestId: string; optionId: string }, optionId: string): boolean =>
    reading.contestId === contestId && reading.optionId === optionId;
  const positions = optionIds.map((optionId) => {
    const oval = must(
      ovals.find((one) => isHere(one, optionId)),
      `no reading of ${contestId}, ${optionId}`,
    );
    assert(oval.verdict !== 'ambiguous', 'an ambiguous ballot is given back, never cast');
    const written = writeIns.find((one) => isHere(one, optionId));
    return {
      optionId,
      verdict: oval.verdict,
      score: oval.score,
      ...(written === undefined ? {} : { writeInInk: written.ink }),
    };
  });
  const marked = positions.filter((position) => position.verdict === 'marked').map((p) => p.optionId);
  const rule = definition.settings.crossEndorsementRule;
  return { contestId, positions, outcome: applyContestRules(contest, optionIds, marked, rule) };
}
