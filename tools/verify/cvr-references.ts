/**
 * The common data format of an export (NIST SP 1500-103) held loosely against the records: every id that is referred
 * to exists, every record is there once and in their order, every image is a file of the export with its digest, and
 * the current snapshot gives votes to the very selections that the marks do.
 */
import { problem, type Problem } from '../../ground/result.js';
import { takeArrayApart } from './json-array.js';

export interface CvrExpectation {
  /** Record ids in their order, each with the ids of the selections that got a vote. */
  readonly votes: ReadonlyMap<string, readonly string[]>;
  /** Digest (hexadecimal) of each file of the export. */
  readonly files: ReadonlyMap<string, string>;
}

const MOST_BYTES = 1_000_000_000;
const MOST_PROBLEMS = 20;

/** Record by record: the whole report need not be in memory as objects. */
export function cvrProblems(bytes: Uint8Array, expected: CvrExpectation, where: string): readonly Problem[] {
  const problems: Problem[] = [];
  const say = (path: string, reason: string): void => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem('cvr-wrong', where, path, reason));
  };
  if (bytes.length > MOST_BYTES) {
    return [problem('too-large', where, '', `has ${bytes.length} bytes and cannot be checked here`)];
  }
  const apart = takeArrayApart(bytes, 'CVR');
  const report = apart === undefined ? undefined : parsed(apart.rest);
  // A second array of that name would be what other readers take.
  if (apart === undefined || report === undefined || list(field(report, 'CVR')).length > 0) {
    return [problem('not-json', where, '', 'is not JSON of a report with its records')];
  }
  const ids = new Set(idsIn(report));
  const order: string[] = [];
  for (const [i, item] of apart.items.entries()) {
    const path = `CVR[${i}]`;
    const cvr = parsed(item);
    if (cvr === undefined) {
      say(path, 'is not JSON');
      continue;
    }
    order.push(text(cvr, 'UniqueId'));
    for (const name of ['ElectionId', 'CreatingDeviceId', 'BallotStyleUnitId']) {
      if (!ids.has(text(cvr, name)))
        say(`${path}.${name}`, `refers to "${text(cvr, name)}", which is not there`);
    }
    checkImages(cvr, path, expected.files, say);
    checkSnapshots(cvr, path, ids, expected.votes.get(text(cvr, 'UniqueId')) ?? [], say);
  }
  const all = [...expected.votes.keys()];
  if (order.length !== all.length || order.some((id, i) => id !== all[i])) {
    say('CVR', 'has not every record once, in the order of their ids');
  }
  return problems;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

type Say = (path: string, reason: string) => void;

function checkImages(cvr: unknown, path: string, files: ReadonlyMap<string, string>, say: Say): void {
  const writeIns = objectsIn(field(cvr, 'CVRSnapshot')).flatMap((one) => {
    const image = field(one, 'WriteInImage');
    return image === undefined ? [] : [image];
  });
  for (const image of [...list(field(cvr, 'BallotImage')), ...writeIns]) {
    const location = text(image, 'Location');
    const digest = files.get(location.replace(/^file:/, ''));
    if (digest === undefined) say(path, `names the image "${location}", which is not there`);
    else if (digest !== text(field(image, 'Hash'), 'Value')) say(path, `has another digest for ${location}`);
  }
}

function checkSnapshots(
  cvr: unknown,
  path: string,
  ids: ReadonlySet<string>,
  votes: readonly string[],
  say: Say,
): void {
  const snapshots = list(field(cvr, 'CVRSnapshot'));
  const current = snapshots.find((one) => text(one, '@id') === text(cvr, 'CurrentSnapshotId'));
  if (current === undefined) say(`${path}.CurrentSnapshotId`, 'refers to a snapshot that is not there');
  for (const contest of snapshots.flatMap((one) => list(field(one, 'CVRContest')))) {
    const contestId = text(contest, 'ContestId');
    if (!ids.has(contestId)) say(path, `refers to the contest "${contestId}", which is not there`);
    for (const selection of list(field(contest, 'CVRContestSelection'))) {
      const id = text(selection, 'ContestSelectionId');
      if (!ids.has(id)) say(path, `refers to the selection "${id}", which is not there`);
    }
  }
  const given = list(field(current, 'CVRContest'))
    .flatMap((contest) => list(field(contest, 'CVRContestSelection')))
    .filter((selection) => Number(field(selection, 'TotalNumberVotes') ?? 0) > 0)
    .map((selection) => text(selection, 'ContestSelectionId'));
  if ([...given].sort().join() !== [...votes].sort().join()) {
    say(path, 'gives votes to other selections than the marks of its record');
  }
}

function idsIn(value: unknown): readonly string[] {
  return objectsIn(value).flatMap((one) => (text(one, '@id') === '' ? [] : [text(one, '@id')]));
}

/** Every object inside, itself included; the depth is that of JSON.parse, which has its own bound. */
function objectsIn(value: unknown): readonly object[] {
  const found: object[] = [];
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (!Array.isArray(next)) found.push(next);
    for (const inside of Object.values(next)) waiting.push(inside);
  }
  return found;
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown, name: string): string {
  const found = field(value, name);
  return typeof found === 'string' ? found : '';
}
