/**
 * An export in words: who signed it, whether each ballot is as the device signed it when it was cast, and whether
 * records, totals, common data format, images and file names say the same. Nothing of it is believed because another
 * part of it says so: totals are added up from the records' marks by `retally.ts`.
 */
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { equalBytes, toHex } from '../../ground/bytes.js';
import { problem, type Problem } from '../../ground/result.js';
import { readDefinition } from '../../election-def/load.js';
import { textIn, type ElectionDefinition } from '../../election-def/definition.js';
import {
  EVENT_LOG_DOCUMENTATION_NAME,
  EVENT_LOG_NAME,
  LOG_TEXT_NAME,
} from '../../firmware/audit-log/sp1500-101.js';
import type { CastVoteRecord } from '../../firmware/records/record.js';
import { readExport, type ReadExport } from '../../firmware/records/read-export.js';
import { cdfId } from '../../firmware/records/sp1500-103.js';
import { parseJson } from '../../firmware/trust/json.js';
import { FIXED_TIME_SECONDS } from '../../firmware/trust/signed-folder.js';
import { isCertified } from '../../firmware/trust/verify/device-certificate.js';
import { errorCode } from '../../firmware/trust/bounded-file.js';
import type { Progress } from '../tallystick/progress.js';
import { inMode, renamed } from './check-package.js';
import { cvrProblems } from './cvr-references.js';
import { exportFields, exportIdentity, type ExportFields } from './export-fields.js';
import { counted, Findings, short, type Checked, type CheckedExport, type Identity } from './findings.js';
import { precinctsAt, Retally, totalsDifferences } from './retally.js';

/** The beginning of totals.json and ballots.json, which must say what the manifest says. */
const totalsHead = z.looseObject(exportIdentity);
const ballotsHead = z.looseObject({
  boxId: z.string(),
  deviceSerial: z.string(),
  ballots: z.array(z.looseObject({ id: z.string() })),
});

export async function checkExport(
  path: string,
  name: string,
  authority: Uint8Array | undefined,
  progress: Progress,
): Promise<Checked> {
  const findings = new Findings(name);
  const refuse = (...problems: readonly Problem[]): Checked => {
    findings.blame(...problems.map((one) => renamed(one, name)));
    return { kind: 'export', name, findings, identity: {}, content: undefined };
  };
  const read = await readExport(path, (done, of) => progress.show(done, 2 * of, `checking ${name}`));
  if (!read.ok) return refuse(...read.error);
  const exported = read.value;
  const fields = exportFields(exported.manifest.fields, `${name}/manifest.json`);
  if (!fields.ok) return refuse(fields.error);
  const loaded = readDefinition(exported.definitionBytes, `${name}/definition.json`);
  if (!loaded.ok) return refuse(...loaded.error);
  const { definition } = loaded.value;
  const identity: Identity = {
    electionId: fields.value.electionId,
    definitionSha256: fields.value.definitionSha256,
    packageSha256: fields.value.packageSha256,
    mode: fields.value.mode,
    simulated: fields.value.simulated,
    deviceSerial: fields.value.deviceSerial,
    deviceKey: toHex(exported.devicePublicKey),
  };
  checkSigner(findings, exported, fields.value, authority);
  describe(findings, fields.value, definition);
  await checkHeads(findings, exported, fields.value, definition);
  const content = await checkBallots(findings, exported, fields.value, definition, progress);
  await checkTimes(findings, path, exported);
  return { kind: 'export', name, findings, identity, content };
}

/** The device signed, and the authority said that it may; or the authority itself signed. */
function checkSigner(
  findings: Findings,
  exported: ReadExport,
  fields: ExportFields,
  authority?: Uint8Array,
): void {
  const { certificate } = exported.manifest;
  const key = short(toHex(exported.devicePublicKey));
  if (certificate === undefined) {
    findings.must(false, 'certificate', 'is missing: nothing says whose key signed this export');
    return;
  }
  const states =
    certificate.electionId === fields.electionId &&
    toHex(certificate.definitionSha256) === fields.definitionSha256 &&
    certificate.mode === fields.mode &&
    certificate.serialNumber === fields.deviceSerial &&
    equalBytes(certificate.publicKey, exported.devicePublicKey);
  findings.must(states, 'certificate', 'is for another election, mode, unit or key than this export');
  if (exported.madeBy === 'authority') checkMadeByAuthority(findings, exported, fields, authority);
  else if (authority === undefined) {
    findings.say(`whole, and signed by the device key ${key}`);
  } else {
    findings.check(
      isCertified(certificate, authority),
      `whole, and signed by unit ${fields.deviceSerial}, which the authority certified (key ${key})`,
      'certificate',
      `is not by the authority: it never said that ${fields.deviceSerial} may sign with the key ${key}`,
    );
  }
}

/** That the signer certified the device is known (`readExport`); whether it is the authority that counts is not. */
function checkMadeByAuthority(
  findings: Findings,
  exported: ReadExport,
  fields: ExportFields,
  authority?: Uint8Array,
): void {
  const { signer } = exported.manifest;
  const cards = `made from the memory cards of unit ${fields.deviceSerial}`;
  if (authority === undefined) {
    findings.say(`whole, ${cards} and signed by the key ${short(toHex(signer))}, which certified that unit`);
    return;
  }
  const key = short(toHex(exported.devicePublicKey));
  findings.check(
    equalBytes(signer, authority),
    `whole, ${cards} by the authority, which signed it and certified that unit (key ${key})`,
    'signer',
    `is not the authority: the key ${short(toHex(signer))} signed an export ${cards}, and only the authority may`,
  );
}

function describe(findings: Findings, fields: ExportFields, definition: ElectionDefinition): void {
  const [language = 'en'] = definition.languages;
  const simulated = fields.simulated ? '; SIMULATED' : '';
  findings.say(
    `election ${definition.id}: ${textIn(definition.title, language)}, ${definition.date}; ${inMode(fields.mode)}${simulated}`,
  );
  findings.say(`polling place ${fields.pollingPlaceId}, ballot box ${fields.boxId}`);
  findings.say(`package ${fields.packageSha256}`);
  findings.say(`definition ${fields.definitionSha256}`);
}

async function checkHeads(
  findings: Findings,
  exported: ReadExport,
  fields: ExportFields,
  definition: ElectionDefinition,
): Promise<void> {
  findings.must(definition.id === fields.electionId, 'electionId', `is not that of definition.json`);
  const isPlace = definition.pollingPlaces.some(({ id }) => id === fields.pollingPlaceId);
  findings.must(isPlace, 'pollingPlaceId', `${fields.pollingPlaceId} is not in the definition`);

  const totalsBytes = await exported.read('totals.json');
  const totals = totalsBytes.ok
    ? parseJson(totalsHead, totalsBytes.value, `${findings.where}/totals.json`)
    : totalsBytes;
  if (!totals.ok) findings.blame(totals.error);
  else {
    for (const name of ['electionId', 'definitionSha256', 'deviceSerial', 'mode', 'simulated'] as const) {
      findings.must(
        totals.value[name] === fields[name],
        `totals.json, ${name}`,
        'is not that of the manifest',
      );
    }
  }
  const listBytes = await exported.read('ballots.json');
  const list = listBytes.ok
    ? parseJson(ballotsHead, listBytes.value, `${findings.where}/ballots.json`)
    : listBytes;
  if (!list.ok) findings.blame(list.error);
  else {
    findings.must(list.value.boxId === fields.boxId, 'ballots.json, boxId', 'is not that of the manifest');
    const sameDevice = list.value.deviceSerial === fields.deviceSerial;
    findings.must(sameDevice, 'ballots.json, deviceSerial', 'is not that of the manifest');
    const ids = list.value.ballots.map(({ id }) => id);
    const isSorted = ids.every((id, i) => i === 0 || (ids[i - 1] ?? '') < id);
    findings.check(
      isSorted,
      'the records stand in the order of their random ids, which says nothing of who came when',
      'ballots.json',
      'does not list the records in the order of their ids, each once',
    );
  }
}

/** Each ballot, then what they add up to. */
async function checkBallots(
  findings: Findings,
  exported: ReadExport,
  fields: ExportFields,
  definition: ElectionDefinition,
  progress: Progress,
): Promise<CheckedExport> {
  const retally = new Retally(definition, precinctsAt(definition, fields.pollingPlaceId));
  const votes = new Map<string, readonly string[]>();
  const expected = new Set(['definition.json', 'ballots.json', 'cvr.json', 'totals.json', ...OTHER_FILES]);
  let sheets = 0;
  for await (const ballot of exported.ballots()) {
    sheets += 1;
    progress.show(fields.sheets + sheets, 2 * fields.sheets, `counting ${findings.where}`);
    if (!ballot.ok) {
      findings.blame(renamed(ballot.error, findings.where));
      continue;
    }
    const { record, writeInCrops } = ballot.value;
    const where = `${findings.where}/records/${record.id}.json`;
    findings.blame(...strangeRecord(record, fields, where));
    const again = retally.add(record, where);
    findings.blame(...again.problems);
    votes.set(record.id, [
      ...again.votes.map((vote) => cdfId.selection(...halves(vote))),
      ...again.candidateOnly.map((vote) => cdfId.candidateOnly(...halves(vote))),
    ]);
    expected.add(`records/${record.id}.json`);
    for (const side of ['front', 'back']) expected.add(`images/${record.id}-${side}.jpg`);
    for (const i of writeInCrops.keys()) expected.add(`images/${record.id}-written-${i + 1}.jpg`);
  }
  const allOpened = votes.size === sheets;
  if (allOpened && findings.isRight) {
    findings.say(
      `${counted(sheets, 'record')}, each with its images as the device signed it when it was cast`,
    );
  }
  const added = retally.totals();
  if (allOpened) {
    const before = findings.wrong.length;
    findings.blame(...totalsDifferences(exported.totals, added, `${findings.where}/totals.json`));
    findings.must(
      added.sheets === fields.sheets,
      'sheets',
      `says ${fields.sheets} of ${added.sheets} records`,
    );
    if (findings.wrong.length === before) {
      const { bins, ballots } = added;
      findings.say(
        `totals: ${counted(added.sheets, 'sheet')} (${bins.main} main bin, ${bins.writeIn} write-in bin), ${counted(ballots, 'ballot')}; added up again from the marks, the same in every contest`,
      );
    }
    for (const { name } of exported.manifest.files) {
      findings.must(expected.has(name), name, 'is a file that belongs to no record of this export');
    }
    await checkCvr(findings, exported, votes);
  }
  return { exported, boxId: fields.boxId, definition, counted: added };
}

/** What an export may hold beside its records. */
const OTHER_FILES = [
  ...['tapes/zero.txt', 'tapes/results.txt', 'log/audit-log.jsonl'],
  ...[EVENT_LOG_NAME, EVENT_LOG_DOCUMENTATION_NAME, LOG_TEXT_NAME].map((name) => `log/${name}`),
];

function halves(vote: string): [string, string] {
  const at = vote.indexOf('/');
  return [vote.slice(0, at), vote.slice(at + 1)];
}

function strangeRecord(record: CastVoteRecord, fields: ExportFields, where: string): readonly Problem[] {
  return (['electionId', 'definitionSha256', 'deviceSerial', 'mode', 'simulated'] as const).flatMap((name) =>
    record[name] === fields[name]
      ? []
      : [
          problem(
            'record-wrong',
            where,
            name,
            `is ${String(record[name])} where the export says ${String(fields[name])}`,
          ),
        ],
  );
}

async function checkCvr(
  findings: Findings,
  exported: ReadExport,
  votes: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const where = `${findings.where}/cvr.json`;
  const bytes = await exported.read('cvr.json');
  if (!bytes.ok) {
    findings.blame(bytes.error);
    return;
  }
  const files = new Map(exported.manifest.files.map(({ name, sha256 }) => [name, toHex(sha256)]));
  const problems = cvrProblems(bytes.value, { votes, files }, where);
  findings.blame(...problems);
  if (problems.length === 0) {
    findings.say(
      'cvr.json (SP 1500-103) names the same records, images and votes, and every id in it exists',
    );
  }
}

/**
 * The machine gives every file one time, so that no time tells when a ballot was cast. A copy made without keeping
 * times changes all of them; a file whose time alone is another was touched.
 */
async function checkTimes(findings: Findings, path: string, exported: ReadExport): Promise<void> {
  const names = ['manifest.json', 'manifest.sig', ...exported.manifest.files.map(({ name }) => name)];
  const times = new Map<string, number>();
  for (const name of names) {
    try {
      times.set(name, Math.round((await lstat(join(path, name))).mtimeMs / 1000));
    } catch (thrown) {
      findings.must(false, name, `has no time that can be read (${errorCode(thrown)})`);
    }
  }
  const fixed = [...times].filter(([, seconds]) => seconds === FIXED_TIME_SECONDS).length;
  if (new Set(times.values()).size === 1) findings.say('every file has the same time');
  else if (fixed === 0) {
    findings.note(
      'the files have different times: this copy was made without keeping them (cp -p and rsync -t keep them)',
    );
  } else {
    for (const [name, seconds] of times) {
      findings.must(seconds === FIXED_TIME_SECONDS, name, 'has another time than the files around it');
    }
  }
}
