/**
 * One cast vote record in the common data format (SP 1500-103, 3.3 and 4.14): the snapshot *original* has every
 * position as the reader saw it, no rule applied; *interpreted* has what the contest rules made of it, and is the
 * current one. (Notes in the schema use the words otherwise; this follows the standard's text.)
 */
import { isWriteInOptionId } from '../../election-def/layout-types.js';
import type { CastVoteRecord, RecordedContest, RecordedPosition } from './record.js';
import { cdfId, MARK_METRICS, type Cdf } from './sp1500-103.js';

/** An image of this record in the export. */
export interface CvrImage {
  /** `images/….jpg`, from the export's root. */
  readonly file: string;
  readonly sha256: string;
}

export interface CvrImages {
  readonly front: CvrImage;
  readonly back: CvrImage;
  readonly writeIns: readonly (CvrImage & { readonly contestId: string; readonly optionId: string })[];
}

/** Decimals of a mark's metric values; the record itself keeps them all. */
const METRIC_DECIMALS = 4;

export function cvrOf(record: CastVoteRecord, images: CvrImages, seats: ReadonlyMap<string, number>): Cdf {
  const originalId = `original.${record.id}`;
  const interpretedId = `interpreted.${record.id}`;
  const needsAdjudication = record.contests.some((contest) => contest.outcome.votes.some(isWriteInOptionId));
  return {
    '@type': 'CVR.CVR',
    ElectionId: cdfId.election,
    CreatingDeviceId: cdfId.device,
    UniqueId: record.id,
    BallotStyleId: record.styleId,
    BallotStyleUnitId: cdfId.precinct(record.precinctId),
    BallotSheetId: String(record.sheet),
    BallotImage: [imageData(images.front), imageData(images.back)],
    CurrentSnapshotId: interpretedId,
    CVRSnapshot: [
      {
        '@type': 'CVR.CVRSnapshot',
        '@id': originalId,
        Type: 'original',
        CVRContest: record.contests.map((contest) => originalContest(contest, images)),
      },
      {
        '@type': 'CVR.CVRSnapshot',
        '@id': interpretedId,
        Type: 'interpreted',
        ...(needsAdjudication ? { Status: ['needs-adjudication'] } : {}),
        CVRContest: record.contests.map((contest) =>
          interpretedContest(contest, record, images, seats.get(contest.contestId) ?? 1),
        ),
      },
    ],
  };
}

function originalContest(contest: RecordedContest, images: CvrImages): Cdf {
  return {
    '@type': 'CVR.CVRContest',
    ContestId: cdfId.contest(contest.contestId),
    CVRContestSelection: contest.positions.map((position, i) => ({
      '@type': 'CVR.CVRContestSelection',
      ContestSelectionId: cdfId.selection(contest.contestId, position.optionId),
      OptionPosition: i + 1,
      SelectionPosition: [
        {
          '@type': 'CVR.SelectionPosition',
          HasIndication: { marked: 'yes', blank: 'no', ambiguous: 'unknown' }[position.verdict],
          NumberVotes: position.verdict === 'marked' ? 1 : 0,
          MarkMetricValue: MARK_METRICS.map((name) => position.score[name].toFixed(METRIC_DECIMALS)),
          ...writeIn(contest.contestId, position, images),
        },
      ],
    })),
  };
}

/** The contest after the rules: marked positions, written-in boxes without a mark, and votes that the rules made. */
function interpretedContest(
  contest: RecordedContest,
  record: CastVoteRecord,
  images: CvrImages,
  seats: number,
): Cdf {
  const { outcome, contestId } = contest;
  const status = [
    ...(outcome.overvoted ? ['overvoted', 'invalidated-rules'] : []),
    ...(outcome.undervotes > 0 ? ['undervoted'] : []),
    ...(outcome.blank ? ['not-indicated'] : []),
  ];
  return {
    '@type': 'CVR.CVRContest',
    ContestId: cdfId.contest(contestId),
    Overvotes: outcome.overvoted ? seats : 0,
    Undervotes: outcome.undervotes,
    WriteIns: outcome.votes.filter(isWriteInOptionId).length,
    ...(status.length === 0 ? {} : { Status: status }),
    CVRContestSelection: [
      ...contest.positions.flatMap((position, i) => {
        if (position.verdict === 'marked') return [markedSelection(contest, position, i + 1, images)];
        const written = (position.writeInInk ?? 0) >= record.thresholds.writeInInkFrom;
        return written ? [unmarkedWriteIn(contest, position, i + 1, images)] : [];
      }),
      ...outcome.candidateOnlyVotes.map((candidateId) => generatedVote(contestId, candidateId)),
    ],
  };
}

function markedSelection(
  contest: RecordedContest,
  position: RecordedPosition,
  optionPosition: number,
  images: CvrImages,
): Cdf {
  const counts = contest.outcome.votes.includes(position.optionId);
  const writesIn = counts && isWriteInOptionId(position.optionId);
  return {
    '@type': 'CVR.CVRContestSelection',
    ContestSelectionId: cdfId.selection(contest.contestId, position.optionId),
    OptionPosition: optionPosition,
    TotalNumberVotes: counts ? 1 : 0,
    ...(writesIn ? { Status: ['needs-adjudication'] } : {}),
    ...(counts ? {} : { Status: ['invalidated-rules'] }),
    SelectionPosition: [
      {
        '@type': 'CVR.SelectionPosition',
        HasIndication: 'yes',
        IsAllocable: counts ? 'yes' : 'no',
        NumberVotes: counts ? 1 : 0,
        ...(counts ? {} : { Status: ['invalidated-rules'] }),
        ...writeIn(contest.contestId, position, images),
      },
    ],
  };
}

function unmarkedWriteIn(
  contest: RecordedContest,
  position: RecordedPosition,
  optionPosition: number,
  images: CvrImages,
): Cdf {
  return {
    '@type': 'CVR.CVRContestSelection',
    ContestSelectionId: cdfId.selection(contest.contestId, position.optionId),
    OptionPosition: optionPosition,
    TotalNumberVotes: 0,
    Status: ['needs-adjudication'],
    SelectionPosition: [
      {
        '@type': 'CVR.SelectionPosition',
        HasIndication: 'no',
        IsAllocable: 'unknown',
        NumberVotes: 0,
        Status: ['other'],
        OtherStatus: 'unmarked-write-in',
        ...writeIn(contest.contestId, position, images),
      },
    ],
  };
}

/** One vote for a candidate marked on several lines, where it belongs to none of them. */
function generatedVote(contestId: string, candidateId: string): Cdf {
  return {
    '@type': 'CVR.CVRContestSelection',
    ContestSelectionId: cdfId.candidateOnly(contestId, candidateId),
    TotalNumberVotes: 1,
    Status: ['generated-rules'],
    SelectionPosition: [
      {
        '@type': 'CVR.SelectionPosition',
        HasIndication: 'no',
        IsGenerated: true,
        IsAllocable: 'yes',
        NumberVotes: 1,
        Status: ['generated-rules'],
      },
    ],
  };
}

function writeIn(contestId: string, position: RecordedPosition, images: CvrImages): { CVRWriteIn?: Cdf } {
  const image = images.writeIns.find(
    (one) => one.contestId === contestId && one.optionId === position.optionId,
  );
  return image === undefined
    ? {}
    : { CVRWriteIn: { '@type': 'CVR.CVRWriteIn', WriteInImage: imageData(image) } };
}

function imageData(image: CvrImage): Cdf {
  return {
    '@type': 'CVR.ImageData',
    Location: `file:${image.file}`,
    Hash: { '@type': 'CVR.Hash', Type: 'sha-256', Value: image.sha256 },
  };
}
