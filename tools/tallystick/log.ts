/**
 * `tallystick log show` and `tallystick log verify`: a machine's audit log for people, and whether it is whole.
 * docs/formats/audit-log.md.
 */
import { basename } from 'node:path';
import { fromHex } from '../../ground/bytes.js';
import { describeProblem, err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { LogHead } from '../../firmware/audit-log/chain.js';
import { entryText } from '../../firmware/audit-log/sp1500-101.js';
import { MAX_LOG_BYTES, readLog, verifyLog } from '../../firmware/audit-log/verify.js';
import { openElectionPackage } from '../../firmware/trust/election-package.js';
import { readBoundedFile } from '../bounded-file.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';

export const logShow: Verb = {
  name: 'log show',
  summary: "print a machine's audit log for people",
  help: `tallystick log show LOG

Prints each entry on one line: number, time, event, role, details. It does not say whether the log is whole; for that
there is "tallystick log verify".

  --json  print the entries as JSON

Exit status: 0 printed; 1 some lines are no entries, and which; 2 the file cannot be read.

Example: tallystick log show export/audit-log.jsonl
`,
  options: {},
  positionals: ['LOG'],
  run: runShow,
};

export const logVerify: Verb = {
  name: 'log verify',
  summary: 'say whether an audit log is whole, and if not, where',
  help: `tallystick log verify LOG (--election PACKAGE --device SERIAL | --device-key PUBLICKEY) [--head N:HASH]

Checks every entry's hash, the chain, the numbers, and the device's signatures. A log whose end was cut off looks whole
by itself: give the head that a tape shows to find that too.

  --election PACKAGE      the election package that lists the device
  --device SERIAL         its serial number
  --device-key PUBLICKEY  or the device's public key itself, 64 hexadecimal digits
  --head N:HASH           an entry that the log must hold: its number and its hash, as printed on a tape
  --json                  print the findings as JSON

Exit status: 0 whole; 1 not whole, and where; 2 the call or a file cannot be used.

Example: tallystick log verify export/audit-log.jsonl --election rhinebeck --device TS-0001
`,
  options: {
    election: { type: 'string' },
    device: { type: 'string' },
    'device-key': { type: 'string' },
    head: { type: 'string' },
  },
  positionals: ['LOG'],
  run: runVerify,
};

async function runShow(args: VerbArguments): Promise<VerbOutcome> {
  const path = args.positionals[0] ?? '';
  const bytes = await readBoundedFile(path, MAX_LOG_BYTES);
  if (!bytes.ok) return unusable(bytes.error);
  const { lines: read, wholeBytes } = readLog(bytes.value, basename(path));
  const entries = read.flatMap((line) => (line.ok ? [line.value] : []));
  const problems = read.flatMap((line) => (line.ok ? [] : [line.error]));
  if (wholeBytes < bytes.value.length) problems.push(halfLineProblem(basename(path)));
  if (read.length === 0 && problems.length === 0) problems.push(emptyProblem(basename(path)));
  const text = [...entries.map(entryText), ...problems.map(describeProblem)].join('\n');
  return { kind: problems.length === 0 ? 'done' : 'finding', text, json: { entries, problems } };
}

function halfLineProblem(where: string): Problem {
  return problem('log-half-line', where, '', 'ends in half an entry, as a power cut leaves it');
}

/** A log has a first entry from the moment it begins: an empty file is what is left of one. */
function emptyProblem(where: string): Problem {
  return problem('log-empty', where, '', 'holds no entry of a log');
}

async function runVerify(args: VerbArguments): Promise<VerbOutcome> {
  const path = args.positionals[0] ?? '';
  const where = basename(path);
  const head = readHead(args.one('head'));
  if (!head.ok) return unusable(head.error);
  const publicKey = await deviceKey(args);
  if (!publicKey.ok) return unusable(...publicKey.error);
  const bytes = await readBoundedFile(path, MAX_LOG_BYTES);
  if (!bytes.ok) return unusable(bytes.error);
  const findings = verifyLog(bytes.value, publicKey.value, where, head.value);
  const problems = [...findings.problems];
  if (findings.wholeBytes < bytes.value.length) {
    problems.push(halfLineProblem(where));
  }
  if (findings.entries.length === 0 && problems.length === 0) problems.push(emptyProblem(where));
  const { unsignedEntries } = findings;
  const json = { head: findings.head, unsignedEntries, problems };
  if (problems.length > 0) {
    return { kind: 'finding', text: problems.map(describeProblem).join('\n'), json };
  }
  const unsigned =
    unsignedEntries === 0 ? '' : `; the last ${unsignedEntries} are chained but not signed yet`;
  const text = `${where}: whole, ${findings.head.entries} entries${unsigned}\nhead ${findings.head.entries}:${findings.head.hash}`;
  return { kind: 'done', text, json };
}

function readHead(text: string | undefined): Result<LogHead | undefined> {
  if (text === undefined) return ok(undefined);
  const parts = /^([1-9][0-9]{0,8}):([0-9a-f]{64})$/.exec(text);
  if (parts === null) return err(problem('usage', '--head', '', `"${text}" is not N:HASH`));
  return ok({ entries: Number(parts[1]), hash: parts[2] ?? '' });
}

async function deviceKey(args: VerbArguments): Promise<Result<Uint8Array, readonly Problem[]>> {
  const election = args.one('election');
  const serial = args.one('device');
  const hex = args.one('device-key');
  const usage = (reason: string): Result<Uint8Array, readonly Problem[]> =>
    err([problem('usage', 'tallystick log verify', '', reason)]);
  if (hex !== undefined) {
    const key = fromHex(hex, '--device-key');
    return key.ok && key.value.length === 32 ? key : usage('--device-key must be 64 hexadecimal digits');
  }
  if (election === undefined || serial === undefined) {
    return usage('either --election and --device or --device-key must be given');
  }
  const opened = await openElectionPackage(election);
  if (!opened.ok) return opened;
  const device = opened.value.devices.find((listed) => listed.serialNumber === serial);
  return device === undefined
    ? usage(`the package does not list the device ${serial}`)
    : ok(device.publicKey);
}
