/**
 * The export after closing: everything that leaves the machine, in one signed folder on a third medium; or, where the
 * machine cannot make it any more, the same folder made and signed by the authority from the memory cards. Records and
 * images in the order of their random ids, the common data format, totals recomputed from the very records that are
 * exported, each ballot's own signature, and whatever tapes and logs are given. docs/formats/export.md.
 *
 * The box is read twice: first everything is verified, counted and described, and only when nothing is wrong is
 * anything written. So an export is never half.
 */
import { concat, toHex, utf8 } from '../../ground/bytes.js';
import { err, must, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { seatsOf, type ElectionDefinition } from '../../election-def/definition.js';
import type { BallotLayout } from '../../election-def/layout-types.js';
import type { BoxHeader } from '../ballot-box/format.js';
import type { StoredBallot } from '../ballot-box/slot.js';
import { writeSignedFolder, type FolderSigner } from '../trust/signed-folder.js';
import { sha256 } from '../trust/symmetric.js';
import { cvrOf, type CvrImages } from './sp1500-103-cvr.js';
import { cvrReport } from './sp1500-103.js';
import { startTally } from './totals.js';
import type { Totals } from './totals-types.js';

export const BALLOTS_FORMAT = 'tallystick-ballots/1';
export const TOTALS_FORMAT = 'tallystick-totals/1';

export interface ExportRequest {
  /** To be made; its parent is the medium. */
  readonly directory: string;
  readonly box: BoxHeader;
  /** The box's verified ballots; read twice. */
  readonly ballots: () => AsyncIterable<Result<StoredBallot>>;
  /** How many there must be. */
  readonly sheets: number;
  readonly election: {
    readonly definition: ElectionDefinition;
    readonly definitionBytes: Uint8Array;
    readonly layouts: readonly BallotLayout[];
    readonly precinctIds: readonly string[];
    readonly pollingPlaceId: string;
    readonly packageSha256: string;
  };
  /** Of the device; nothing where it is not known. */
  readonly softwareVersion: string | undefined;
  /** With a zone: `2026-11-03T21:05:00-05:00`. */
  readonly generatedDate: string;
  /** Tapes as text, the audit log: `tapes/results-1.txt`, `log/audit-log.txt` … */
  readonly otherFiles: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly by: FolderSigner;
}

export interface Exported {
  readonly totals: Totals;
  readonly manifestSha256: Uint8Array;
}

const DATE_WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})$/;

export async function exportElection(request: ExportRequest): Promise<Result<Exported>> {
  if (!DATE_WITH_ZONE.test(request.generatedDate)) {
    return err(problem('bad-time', 'export', 'generatedDate', 'is not a date and time with a zone'));
  }
  const described = await describe(request);
  if (!described.ok) return described;
  const { box, election } = request;
  const fields = {
    boxId: box.boxId,
    electionId: box.electionId,
    definitionSha256: box.definitionSha256,
    packageSha256: election.packageSha256,
    pollingPlaceId: election.pollingPlaceId,
    deviceSerial: box.deviceSerial,
    mode: box.mode,
    simulated: box.simulated,
    sheets: described.value.totals.sheets,
  };
  let interrupted: Problem | undefined;
  const files = exportFiles(request, described.value, (why) => {
    interrupted = why;
  });
  const written = await writeSignedFolder(request.directory, files, 'export', fields, request.by);
  if (interrupted !== undefined) return err(interrupted);
  return written.ok ? ok({ totals: described.value.totals, ...written.value }) : written;
}

interface Described {
  readonly totals: Totals;
  readonly ballotsJson: Uint8Array;
  readonly cvrJson: Uint8Array;
}

/** First pass: verified, counted, described. */
async function describe(request: ExportRequest): Promise<Result<Described>> {
  const { definition, precinctIds, pollingPlaceId } = request.election;
  const { box } = request;
  const tally = startTally(request.election, precinctIds);
  const seats = new Map(definition.contests.map((contest) => [contest.id, seatsOf(contest)]));
  const cvrs: Uint8Array[] = [];
  const listed: object[] = [];
  for await (const ballot of request.ballots()) {
    if (!ballot.ok) return ballot;
    const added = tally.add(ballot.value.record);
    if (!added.ok) return added;
    const images = imagesOf(ballot.value);
    cvrs.push(utf8(JSON.stringify(cvrOf(ballot.value.record, images, seats))));
    listed.push({
      id: ballot.value.record.id,
      signature: toHex(ballot.value.signature),
      writeIns: images.writeIns.map(({ contestId, optionId, file }) => ({ contestId, optionId, file })),
    });
  }
  const totals = tally.totals();
  if (totals.sheets !== request.sheets) {
    const reason = `gave ${totals.sheets} sheets where ${request.sheets} were cast`;
    return err(problem('count-differs', 'ballot box', '', reason));
  }
  const fromMemoryCards = toHex(request.by.signer.publicKey) !== box.devicePublicKey;
  const report = cvrReport({ ...request, ...box, definition, pollingPlaceId, fromMemoryCards });
  const head = {
    format: BALLOTS_FORMAT,
    boxId: box.boxId,
    deviceSerial: box.deviceSerial,
    devicePublicKey: box.devicePublicKey,
  };
  return ok({
    totals,
    ballotsJson: utf8(`${JSON.stringify({ ...head, ballots: listed })}\n`),
    cvrJson: joinReport(report, cvrs),
  });
}

/** The report with its records, put together as bytes: a day's records are too long for one string. */
function joinReport(report: object, cvrs: readonly Uint8Array[]): Uint8Array {
  const open = utf8(`${JSON.stringify(report).slice(0, -1)},"CVR":[`);
  const parts = cvrs.flatMap((cvr, i) => (i === 0 ? [cvr] : [utf8(','), cvr]));
  return concat(open, ...parts, utf8(']}\n'));
}

/** Second pass: the files, one at a time, ballots in the order of their ids. */
async function* exportFiles(
  request: ExportRequest,
  described: Described,
  interrupt: (why: Problem) => void,
): AsyncGenerator<readonly [string, Uint8Array]> {
  const { box, election } = request;
  yield ['definition.json', election.definitionBytes];
  yield ['ballots.json', described.ballotsJson];
  yield ['cvr.json', described.cvrJson];
  yield ['totals.json', totalsJson(box, described.totals)];
  for (const { name, bytes } of request.otherFiles) yield [name, bytes];
  for await (const ballot of request.ballots()) {
    if (!ballot.ok) {
      interrupt(ballot.error);
      // The folder writer gives up when its source does; what it has begun never gets its name.
      throw new Error('a card failed while the export was written');
    }
    yield* ballotFiles(ballot.value);
  }
}

function totalsJson(box: BoxHeader, totals: Totals): Uint8Array {
  const { electionId, definitionSha256, deviceSerial, mode, simulated } = box;
  const head = { format: TOTALS_FORMAT, electionId, definitionSha256, deviceSerial, mode, simulated };
  return utf8(`${JSON.stringify({ ...head, totals }, null, 1)}\n`);
}

/** Record and images, under the names that they have in an export. */
export function* ballotFiles(ballot: StoredBallot): Generator<readonly [string, Uint8Array]> {
  const images = imagesOf(ballot);
  yield [`records/${ballot.record.id}.json`, ballot.recordJson];
  yield [images.front.file, ballot.images.front];
  yield [images.back.file, ballot.images.back];
  for (const [i, { file }] of images.writeIns.entries()) {
    yield [file, must(ballot.writeInCrops[i], 'one crop a file').jpeg];
  }
}

function imagesOf(ballot: StoredBallot): CvrImages {
  const { id } = ballot.record;
  const image = (name: string, bytes: Uint8Array): CvrImages['front'] => ({
    file: `images/${id}-${name}.jpg`,
    sha256: toHex(sha256(bytes)),
  });
  return {
    front: image('front', ballot.images.front),
    back: image('back', ballot.images.back),
    writeIns: ballot.writeInCrops.map(({ contestId, optionId, jpeg }, i) => ({
      ...image(`written-${i + 1}`, jpeg),
      contestId,
      optionId,
    })),
  };
}
