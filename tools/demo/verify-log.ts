/**
 * The audit log from outside: whole and signed on every medium, as many casts and returns as there were, and not a
 * word of what anybody voted, neither in it nor in the name of any file.
 */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { equalBytes } from '../../ground/bytes.js';
import { LOG_NAME } from '../../firmware/audit-log/copies.js';
import { MAX_LOG_BYTES, verifyLog } from '../../firmware/audit-log/verify.js';
import type { Checks } from './checks.js';
import type { Opened } from './opened.js';
import type { World } from './world.js';

/** All fields of a line about a sheet; only number, time and hashes differ from one to the next. */
const NOTHING_BUT_WHEN =
  /^{"seq":\d+,"time":"[-\dT:]{19}","code":"sheet-(cast","group":"GSF-NCSM","severity":"info","disposition":"success|returned","group":"GSF-NCSM","severity":"info","disposition":"na)","prev":"[\da-f]{64}","hash":"[\da-f]{64}"}$/;

/** @returns the exported log's hashes, for the tapes that name one */
export async function verifyLogs(world: World, opened: Opened, checks: Checks): Promise<ReadonlySet<string>> {
  const { disks } = world.bench;
  const media = { 'memory card A': disks.a, 'memory card B': disks.b, 'the cabinet': disks.internal };
  const copies: Uint8Array[] = [];
  for (const [where, disk] of Object.entries(media)) {
    const log = checks.value(`there is a log on ${where}`, await disk.store.read(LOG_NAME, MAX_LOG_BYTES));
    if (log === undefined) continue;
    copies.push(log);
    const findings = verifyLog(log, opened.deviceKey, where);
    checks.equal(`the log on ${where} is whole and the device’s own`, findings.problems, []);
    checks.equal(`the log on ${where} is signed up to its end`, findings.unsignedEntries, 0);
    checks.equal(`the log on ${where} ends with a whole line`, findings.wholeBytes, log.length);
  }
  const [first] = copies;
  const same = first !== undefined && copies.every((copy) => equalBytes(copy, first));
  checks.check('the log is the same on all media', same);
  const name = 'the export carries the log';
  const exported = opened.exported;
  const log = exported && checks.value(name, await exported.read(`log/${LOG_NAME}`));
  if (first === undefined || log === undefined) return new Set();

  checks.check('the exported log is the beginning of it', equalBytes(log, first.subarray(0, log.length)));
  const { entries } = verifyLog(first, opened.deviceKey, LOG_NAME);
  const lines = (code: string): number => entries.filter((entry) => entry.code === code).length;
  checks.equal('the log has a line for each sheet cast', lines('sheet-cast'), opened.counted.length);
  checks.equal('the log has a line for each sheet given back', lines('sheet-returned'), world.returned);
  const bare = new TextDecoder()
    .decode(first)
    .split('\n')
    .filter((line) => /"code":"sheet-(cast|returned)"/.test(line));
  checks.check(
    'such a line says nothing but when',
    bare.every((line) => NOTHING_BUT_WHEN.test(line)),
  );
  checks.equal('there is such a line for each', bare.length, opened.counted.length + world.returned);
  await verifySilence(world, opened, first, checks);
  return new Set(verifyLog(log, opened.deviceKey, LOG_NAME).entries.map((entry) => entry.hash));
}

/** Shorter ids (`yes`, `no`) are words of every text; they are looked for together with their contest's id. */
const SHORTEST_TELLING = 4;

async function verifySilence(world: World, opened: Opened, log: Uint8Array, checks: Checks): Promise<void> {
  const { definition } = opened.election;
  const votes = definition.contests.flatMap((contest) => {
    const people = contest.kind === 'candidate' ? contest.candidates : [];
    return [
      contest.id,
      ...contest.options.map(({ id }) => id),
      ...people.flatMap((person) => [person.id, person.name, person.runningMate ?? '']),
    ];
  });
  const telling = votes.filter((word) => word.length >= SHORTEST_TELLING);
  const records = opened.ballots.map(({ record }) => record.id);
  const text = new TextDecoder().decode(log).toLowerCase();
  const said = (words: readonly string[], where: string): readonly string[] =>
    words.filter((word) => where.includes(word.toLowerCase()));
  checks.equal('no contest, option or candidate stands in the log', said(telling, text), []);
  checks.equal('no record’s id stands in the log', said(records, text), []);
  // A failing check must not print the passcode either.
  checks.equal('no passcode stands in the log', said(world.passcodes, text).length, 0);

  const root = dirname(world.bench.exportFolder);
  const paths = await readdir(root, { recursive: true });
  const names = paths.map((path) => basename(path).toLowerCase()).join('\n');
  checks.equal('no contest, option or candidate stands in a file’s name', said(telling, names), []);
  checks.equal('no passcode stands in a file’s name', said(world.passcodes, names).length, 0);
  const elsewhere = paths.filter((path) => !join(root, path).startsWith(opened.exportFolder)).join('\n');
  checks.equal('no record’s id stands in a file’s name but in the export', said(records, elsewhere), []);
}
