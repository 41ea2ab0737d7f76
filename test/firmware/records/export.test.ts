import { mkdtempSync, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ajvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BallotBox } from '../../../firmware/ballot-box/box.js';
import { exportElection, type ExportRequest } from '../../../firmware/records/export.js';
import { readExport, recountExport } from '../../../firmware/records/read-export.js';
import type { ElectionMode } from '../../../firmware/records/record.js';
import type { SheetToStore } from '../../../firmware/ballot-box/slot.js';
import { isWriteInOptionId } from '../../../election-def/layout-types.js';
import { utf8 } from '../../../ground/bytes.js';
import { must } from '../../../ground/result.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { castWhole, code, open, prepared, signer, value } from '../ballot-box/fixture.js';
import {
  deviceSerial,
  randomMarks,
  recordOf,
  sampleElection,
  someId,
  type SampleElection,
} from './fixture.js';

const test = suite('export');
const openBoxes: BallotBox[] = [];

test.after(async () => {
  for (const box of openBoxes) await box.close();
});

interface Made {
  readonly request: ExportRequest;
  readonly cast: readonly SheetToStore[];
}

/** A box with random ballots of the sample election, and a request to export it. */
async function boxOf(election: SampleElection, seed: string, mode: ElectionMode, count = 8): Promise<Made> {
  const random = seededRandom(seed);
  const cards = await prepared({
    electionId: election.definition.id,
    definitionSha256: election.loaded.sha256Hex,
    mode,
    slotCount: count + 2,
    headBytes: 32_768,
    bodyBytes: 8192,
  });
  const { box, header } = value(await open(cards));
  openBoxes.push(box);
  const cast: SheetToStore[] = [];
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.integer(0, 255));
  for (let i = 0; i < count; i++) {
    const layout = random.pick(election.layouts);
    const { sheet } = random.pick(layout.sheets);
    const marks = randomMarks(layout, sheet, random, 0.25);
    const record = recordOf(election, layout, marks, someId(random), mode, sheet);
    const writeInCrops = record.contests.flatMap(({ contestId, outcome }) =>
      outcome.votes.filter(isWriteInOptionId).map((optionId) => ({ contestId, optionId, jpeg: bytes(40) })),
    );
    const sheetToStore = { record, images: { front: bytes(300), back: bytes(301) }, writeInCrops };
    cast.push(sheetToStore);
    await castWhole(box, sheetToStore);
  }
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-export-'));
  return {
    cast,
    request: {
      directory: join(folder, 'export'),
      box: header,
      ballots: () => box.readAll(),
      sheets: box.count(),
      election: {
        definition: election.definition,
        definitionBytes: election.loaded.bytes,
        layouts: election.layouts,
        precinctIds: election.precinctIds,
        pollingPlaceId: election.pollingPlaceId,
        packageSha256: 'cd'.repeat(32),
      },
      softwareVersion: '0.1.0',
      generatedDate: '2026-11-03T21:05:00-05:00',
      otherFiles: [{ name: 'tapes/results.txt', bytes: utf8('RESULTS\n') }],
      by: { signer },
    },
  };
}

function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
}

type Json = Readonly<Record<string, unknown>>;

function cvrJson(directory: string): Json {
  return JSON.parse(readFileSync(join(directory, 'cvr.json'), 'utf8')) as Json;
}

const schema = JSON.parse(
  readFileSync(join(process.cwd(), 'test', 'schemas', 'cvr', 'NIST_V0_cast_vote_records.json'), 'utf8'),
) as { definitions: Record<string, { properties?: Record<string, unknown> }> };

/** Draft 04, strict; `refTypes` is NIST's own keyword, which says what an id must point to. */
function schemaErrors(report: Json): string {
  const ajv = new ajvDraft04.default({ allErrors: false });
  addFormats.default(ajv);
  ajv.addKeyword('refTypes');
  const validate = ajv.compile(schema);
  return validate(report) ? '' : ajv.errorsText(validate.errors);
}

function walk(node: unknown, visit: (object: Json, path: string) => void, path = ''): void {
  if (Array.isArray(node)) node.forEach((item, i) => walk(item, visit, `${path}[${i}]`));
  else if (typeof node === 'object' && node !== null) {
    visit(node as Json, path);
    for (const [key, child] of Object.entries(node)) walk(child, visit, `${path}.${key}`);
  }
}

/** Every id that is there once, and every reference that leads to something of a class the schema allows. */
function referenceErrors(report: Json): readonly string[] {
  const classOf = new Map<string, string>();
  const errors: string[] = [];
  walk(report, (object, path) => {
    const id = object['@id'];
    if (typeof id !== 'string') return;
    if (classOf.has(id)) errors.push(`${path}: ${id} is there twice`);
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(id)) errors.push(`${path}: ${id} could not be written as XML`);
    classOf.set(id, String(object['@type']));
  });
  let checked = 0;
  walk(report, (object, path) => {
    const properties = schema.definitions[String(object['@type'])]?.properties ?? {};
    for (const [key, property] of Object.entries(properties) as [
      string,
      { refTypes?: string[]; items?: { refTypes?: string[] } },
    ][]) {
      const allowed = property.refTypes ?? property.items?.refTypes;
      if (allowed === undefined || object[key] === undefined) continue;
      for (const reference of [object[key]].flat() as string[]) {
        checked++;
        const found = classOf.get(reference);
        if (found === undefined || !allowed.includes(found)) {
          errors.push(`${path}.${key}: ${reference} leads to ${found ?? 'nothing'}`);
        }
      }
    }
  });
  assert.ok(checked > 100, 'references were checked');
  return errors;
}

test('the checks of this test find a broken reference and a broken field', async () => {
  const { request } = await boxOf(sampleElection(), 'broken', 'official', 2);
  value(await exportElection(request));
  const text = readFileSync(join(request.directory, 'cvr.json'), 'utf8');
  const dangling = JSON.parse(
    text.replace('"CurrentSnapshotId":"interpreted.', '"CurrentSnapshotId":"x.'),
  ) as Json;
  assert.is(schemaErrors(dangling), '');
  assert.is(referenceErrors(dangling).length, 1);
  const badField = JSON.parse(text.replace('"HasIndication":"no"', '"HasIndication":"perhaps"')) as Json;
  assert.ok(schemaErrors(badField).includes('must be'));
});

for (const [rule, mode] of [
  ['highest-line', 'official'],
  ['candidate-only', 'test'],
  ['overvote', 'official'],
] as const) {
  test(`records under the rule ${rule} are valid SP 1500-103, and their votes are those of the totals`, async () => {
    const election = sampleElection(rule);
    const { request } = await boxOf(election, `cvr ${rule}`, mode, 12);
    const { totals } = value(await exportElection(request));
    const report = cvrJson(request.directory);
    assert.is(schemaErrors(report), '');
    assert.equal(referenceErrors(report), []);
    assert.equal(
      report['ReportType'],
      mode === 'test' ? ['originating-device-export', 'other'] : ['originating-device-export'],
    );
    const fromCvr = votesOfCurrentSnapshots(report);
    for (const contest of totals.precincts.flatMap((precinct) => precinct.contests)) {
      for (const { optionId } of contest.options) {
        const id = `selection.${contest.contestId}.${optionId}`;
        assert.is(fromCvr.get(id) ?? 0, sumOver(totals, contest.contestId, optionId), id);
      }
      for (const { candidateId } of contest.candidateOnly) {
        assert.ok((fromCvr.get(`candidate-only.${contest.contestId}.${candidateId}`) ?? 0) > 0);
      }
    }
    if (rule === 'candidate-only') {
      assert.ok(totals.precincts.some((p) => p.contests.some((c) => c.candidateOnly.length > 0)));
    }
  });
}

function votesOfCurrentSnapshots(report: Json): Map<string, number> {
  const votes = new Map<string, number>();
  for (const cvr of report['CVR'] as Json[]) {
    const current = (cvr['CVRSnapshot'] as Json[]).find((one) => one['@id'] === cvr['CurrentSnapshotId']);
    for (const contest of must(current, 'a current snapshot')['CVRContest'] as Json[]) {
      for (const selection of contest['CVRContestSelection'] as Json[]) {
        const id = String(selection['ContestSelectionId']);
        votes.set(id, (votes.get(id) ?? 0) + Number(selection['TotalNumberVotes']));
      }
    }
  }
  return votes;
}

function sumOver(
  totals: {
    precincts: readonly {
      contests: readonly { contestId: string; options: readonly { optionId: string; votes: number }[] }[];
    }[];
  },
  contestId: string,
  optionId: string,
): number {
  return totals.precincts
    .flatMap((precinct) => precinct.contests)
    .filter((contest) => contest.contestId === contestId)
    .flatMap((contest) => contest.options)
    .filter((option) => option.optionId === optionId)
    .reduce((sum, option) => sum + option.votes, 0);
}

test('an export holds every ballot in the order of its random id, and tells no time', async () => {
  const { request, cast } = await boxOf(sampleElection(), 'order', 'official');
  value(await exportElection(request));
  const ids = cast.map((sheet) => sheet.record.id).sort();
  assert.equal(
    readdirSync(join(request.directory, 'records')).sort(),
    ids.map((id) => `${id}.json`),
  );
  const report = cvrJson(request.directory);
  assert.equal(
    (report['CVR'] as Json[]).map((cvr) => cvr['UniqueId']),
    ids,
  );
  assert.not.ok(JSON.stringify(report).includes('BatchSequenceId'));
  const times = new Set(
    ['', ...filesIn(request.directory)].map((name) => statSync(join(request.directory, name)).mtimeMs),
  );
  assert.is(times.size, 1, 'every file and folder has the same time');
});

test('what was cast is read back from the export, verified and counted again', async () => {
  const election = sampleElection();
  const { request, cast } = await boxOf(election, 'read back', 'official');
  const { totals } = value(await exportElection(request));
  const exported = await readExport(request.directory);
  assert.ok(exported.ok);
  assert.equal(exported.value.totals, totals);
  assert.is(exported.value.manifest.fields['deviceSerial'], deviceSerial);
  const ballots: SheetToStore[] = [];
  for await (const ballot of exported.value.ballots()) {
    const { record, images, writeInCrops } = value(ballot);
    ballots.push({ record, images, writeInCrops });
  }
  assert.equal(
    ballots,
    [...cast].sort((x, y) => (x.record.id < y.record.id ? -1 : 1)),
  );
  assert.equal(value(await recountExport(exported.value, election, election.precinctIds)), totals);
});

test('a changed, a missing and an added file are found', async () => {
  const { request } = await boxOf(sampleElection(), 'tamper', 'official', 3);
  value(await exportElection(request));
  const [image = ''] = readdirSync(join(request.directory, 'images'));
  const path = join(request.directory, 'images', image);
  const original = readFileSync(path);
  const codes = async (): Promise<readonly string[]> => {
    const exported = await readExport(request.directory);
    return exported.ok ? [] : exported.error.map((one) => one.code);
  };
  const changed = Uint8Array.from(original);
  changed[5] = (changed[5] ?? 0) ^ 1;
  writeFileSync(path, changed);
  assert.equal(await codes(), ['content-differs']);
  unlinkSync(path);
  assert.equal(await codes(), ['missing']);
  writeFileSync(path, original);
  assert.equal(await codes(), []);
  writeFileSync(join(request.directory, 'records', 'extra.json'), '{}');
  assert.equal(await codes(), ['extra-file']);
});

test('nothing is written when a ballot is missing or the time has no zone', async () => {
  const { request } = await boxOf(sampleElection(), 'short', 'official', 3);
  assert.is(code(await exportElection({ ...request, sheets: 4 })), 'count-differs');
  assert.is(code(await exportElection({ ...request, generatedDate: '2026-11-03T21:05:00' })), 'bad-time');
  assert.equal(filesIn(join(request.directory, '..')), []);
  value(await exportElection(request));
  assert.is(code(await exportElection(request)), 'already-there');
});

test.run();
