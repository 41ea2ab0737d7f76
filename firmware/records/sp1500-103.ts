/**
 * Cast vote records in the common data format (NIST SP 1500-103, version 1.0, JSON): the report around them and the
 * election that they refer to. One record is `sp1500-103-cvr.ts`. How our fields map is in docs/formats/export.md.
 *
 * Left out on purpose: `BatchSequenceId` and every other thing that could tell the order of ballots; `UniqueId`, which
 * the standard calls the order of processing, is the record's random id.
 */
import { optionIdsOf } from '../../election-def/contest-rules.js';
import {
  seatsOf,
  textIn,
  type Candidate,
  type CandidateContest,
  type Contest,
  type ElectionDefinition,
} from '../../election-def/definition.js';
import { isWriteInOptionId } from '../../election-def/layout-types.js';
import type { ElectionMode } from './record.js';

/** An object of the format: `@type` first, nothing absent written as null. */
export type Cdf = { readonly '@type': string } & Readonly<Record<string, unknown>>;

export interface CvrReportFacts {
  readonly definition: ElectionDefinition;
  readonly definitionSha256: string;
  readonly pollingPlaceId: string;
  readonly deviceSerial: string;
  readonly mode: ElectionMode;
  readonly simulated: boolean;
  /** Version of the device's software, as on the tapes; nothing where it is not known. */
  readonly softwareVersion: string | undefined;
  /** The device did not make the report itself. */
  readonly fromMemoryCards: boolean;
  /** When the report is made, with a zone: `2026-11-03T21:05:00-05:00`. */
  readonly generatedDate: string;
}

/**
 * Ids are unique in one report and begin with a letter, so that the report could be written as XML. A dot joins their
 * parts, because no id of a definition has one.
 */
export const cdfId = {
  device: 'device',
  jurisdiction: 'jurisdiction',
  election: 'election',
  pollingPlace: (id: string): string => `polling-place.${id}`,
  precinct: (id: string): string => `precinct.${id}`,
  party: (id: string): string => `party.${id}`,
  contest: (id: string): string => `contest.${id}`,
  candidate: (contestId: string, id: string): string => `candidate.${contestId}.${id}`,
  runningMate: (contestId: string, id: string): string => `running-mate.${contestId}.${id}`,
  selection: (contestId: string, optionId: string): string => `selection.${contestId}.${optionId}`,
  /** A vote for a candidate on no line (rule `candidate-only`). */
  candidateOnly: (contestId: string, id: string): string => `candidate-only.${contestId}.${id}`,
} as const;

/** Everything of a report but its records. */
export function cvrReport(facts: CvrReportFacts): Cdf {
  const { definition } = facts;
  const [language = 'en'] = definition.languages;
  const notes = [
    ...(facts.simulated ? ['SIMULATED: made on a virtual cabinet'] : []),
    ...(facts.fromMemoryCards ? ['Made by the authority from the memory cards of the device'] : []),
  ];
  return {
    '@type': 'CVR.CastVoteRecordReport',
    Version: '1.0.0',
    GeneratedDate: facts.generatedDate,
    ReportType: ['originating-device-export', ...(facts.mode === 'test' ? ['other'] : [])],
    ...(facts.mode === 'test' ? { OtherReportType: 'test' } : {}),
    ...(notes.length === 0 ? {} : { Notes: notes.join('. ') }),
    ReportGeneratingDeviceIds: [cdfId.device],
    ReportingDevice: [
      {
        '@type': 'CVR.ReportingDevice',
        '@id': cdfId.device,
        Manufacturer: 'Tallystick',
        Model: 'Tallystick',
        SerialNumber: facts.deviceSerial,
        ...(facts.softwareVersion === undefined ? {} : { Application: facts.softwareVersion }),
        MarkMetricType: MARK_METRICS.join(' '),
      },
    ],
    GpUnit: gpUnits(facts),
    Party: definition.parties.map((party) => ({
      '@type': 'CVR.Party',
      '@id': cdfId.party(party.id),
      Name: textIn(party.name, language),
      Abbreviation: party.abbreviation,
    })),
    Election: [
      {
        '@type': 'CVR.Election',
        '@id': cdfId.election,
        Name: textIn(definition.title, language),
        ElectionScopeId: cdfId.jurisdiction,
        Code: [
          otherCode('election-id', definition.id),
          otherCode('definition-sha-256', facts.definitionSha256),
        ],
        Candidate: definition.contests.flatMap((contest) => candidatesOf(contest, definition)),
        Contest: definition.contests.map((contest) => contestOf(contest, definition)),
      },
    ],
  };
}

/** What `MarkMetricValue` lists, in this order: the score vector of docs/formats/interpretation.md. */
export const MARK_METRICS = [
  'light',
  'dark',
  'darkness',
  'density',
  'spanMm',
  'outline',
  'halo',
  'rim',
  'line',
] as const;

function gpUnits(facts: CvrReportFacts): readonly Cdf[] {
  const { definition } = facts;
  const [language = 'en'] = definition.languages;
  const place = definition.pollingPlaces.find((one) => one.id === facts.pollingPlaceId);
  const unit = (id: string, name: string, type: object): Cdf => ({
    '@type': 'CVR.GpUnit',
    '@id': id,
    Name: name,
    ...type,
  });
  return [
    unit(cdfId.jurisdiction, textIn(definition.jurisdiction, language), {
      Type: 'other',
      OtherType: 'jurisdiction',
    }),
    ...(place === undefined
      ? []
      : [
          unit(cdfId.pollingPlace(place.id), textIn(place.name, language), {
            Type: 'polling-place',
            ReportingDeviceIds: [cdfId.device],
          }),
        ]),
    ...definition.precincts.map((precinct) =>
      unit(cdfId.precinct(precinct.id), textIn(precinct.name, language), {
        Type: 'precinct',
        Code: [{ '@type': 'CVR.Code', Type: 'local-level', Value: precinct.id }],
      }),
    ),
  ];
}

function candidatesOf(contest: Contest, definition: ElectionDefinition): readonly Cdf[] {
  if (contest.kind === 'measure') return [];
  const candidates = contest.kind === 'retention' ? [contest.candidate] : contest.candidates;
  return candidates.flatMap((candidate) => {
    const partyId = contest.kind === 'candidate' ? onlyPartyOf(contest, candidate, definition) : undefined;
    const one = (id: string, name: string): Cdf => ({
      '@type': 'CVR.Candidate',
      '@id': id,
      Name: name,
      ...(partyId === undefined ? {} : { PartyId: cdfId.party(partyId) }),
    });
    const mate = candidate.runningMate;
    return [
      one(cdfId.candidate(contest.id, candidate.id), candidate.name),
      ...(mate === undefined ? [] : [one(cdfId.runningMate(contest.id, candidate.id), mate)]),
    ];
  });
}

/** A candidate has room for one party; one who stands on several lines has none here, each line's code names its own. */
function onlyPartyOf(
  contest: CandidateContest,
  candidate: Candidate,
  definition: ElectionDefinition,
): string | undefined {
  const lines = contest.options.filter((option) => option.candidateId === candidate.id);
  const [line, second] = lines;
  if (line === undefined || second !== undefined) return undefined;
  return definition.parties.find((party) => party.id === line.partyId)?.id;
}

function contestOf(contest: Contest, definition: ElectionDefinition): Cdf {
  const [language = 'en'] = definition.languages;
  const seats = seatsOf(contest);
  const base = {
    '@id': cdfId.contest(contest.id),
    Name: textIn(contest.title, language),
    Code: [{ '@type': 'CVR.Code', Type: 'local-level', Value: contest.id }],
  };
  if (contest.kind === 'candidate') {
    return {
      '@type': 'CVR.CandidateContest',
      ...base,
      NumberElected: seats,
      VotesAllowed: seats,
      VoteVariation: seats === 1 ? 'plurality' : 'n-of-m',
      ContestSelection: candidateSelections(contest, definition),
    };
  }
  const selections = contest.options.map((option) => ({
    '@type': 'CVR.BallotMeasureSelection',
    '@id': cdfId.selection(contest.id, option.id),
    Selection: textIn(option.label, language),
  }));
  return contest.kind === 'measure'
    ? { '@type': 'CVR.BallotMeasureContest', ...base, ContestSelection: selections }
    : {
        '@type': 'CVR.RetentionContest',
        ...base,
        CandidateId: cdfId.candidate(contest.id, contest.candidate.id),
        ContestSelection: selections,
      };
}

/** One selection a line: the format has no party in a selection, so lines of one candidate differ by id and code. */
function candidateSelections(contest: CandidateContest, definition: ElectionDefinition): readonly Cdf[] {
  const lines = optionIdsOf(contest).map((optionId): Cdf => {
    const option = contest.options.find((one) => one.id === optionId);
    const base = { '@type': 'CVR.CandidateSelection', '@id': cdfId.selection(contest.id, optionId) };
    if (option === undefined || isWriteInOptionId(optionId)) return { ...base, IsWriteIn: true };
    return {
      ...base,
      CandidateIds: ticketOf(contest, option.candidateId),
      Code: [
        { '@type': 'CVR.Code', Type: 'local-level', Value: option.id },
        ...(option.partyId === undefined ? [] : [otherCode('party-line', option.partyId)]),
      ],
    };
  });
  if (definition.settings.crossEndorsementRule !== 'candidate-only') return lines;
  const severalLines = contest.candidates.filter(
    (candidate) => contest.options.filter((option) => option.candidateId === candidate.id).length > 1,
  );
  return [
    ...lines,
    ...severalLines.map((candidate) => ({
      '@type': 'CVR.CandidateSelection',
      '@id': cdfId.candidateOnly(contest.id, candidate.id),
      CandidateIds: ticketOf(contest, candidate.id),
      Code: [otherCode('party-line', 'none')],
    })),
  ];
}

function ticketOf(contest: CandidateContest, candidateId: string): readonly string[] {
  const candidate = contest.candidates.find((one) => one.id === candidateId);
  const mate = candidate?.runningMate === undefined ? [] : [cdfId.runningMate(contest.id, candidateId)];
  return [cdfId.candidate(contest.id, candidateId), ...mate];
}

function otherCode(type: string, value: string): Cdf {
  return { '@type': 'CVR.Code', Type: 'other', OtherType: type, Value: value };
}
