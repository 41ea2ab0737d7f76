/**
 * `tallystick log export`: a whole audit log in the common data format (NIST SP 1500-101) with its documentation file,
 * and as text for people. docs/formats/audit-log.md.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { toHex } from '../../ground/bytes.js';
import { describeProblem, err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { madeOfLog, type LogFile } from '../../firmware/audit-log/log-files.js';
import { MAX_LOG_BYTES } from '../../firmware/audit-log/verify.js';
import { errorCode } from '../../firmware/trust/bounded-file.js';
import { openElectionPackage } from '../../firmware/trust/election-package.js';
import { readBoundedFile } from '../bounded-file.js';
import { checkLog } from '../verify/check-log.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';

export const logExport: Verb = {
  name: 'log export',
  summary: 'write an audit log in the common data format (NIST SP 1500-101) and as text',
  help: `tallystick log export LOG --election PACKAGE --out FOLDER

Checks the log as "tallystick log verify" does, with the key of the device that it names, and writes into FOLDER, which
must not be there yet:
  event-log.json                the log, NIST SP 1500-101
  event-log-documentation.json  what each event and each group of events means, as that format asks for
  audit-log.txt                 a line for each entry, for people
Of a log that is not whole nothing is written.

  --election PACKAGE  the election package that lists the device
  --out FOLDER        the folder to be made
  --json              print what was done as JSON

Exit status: 0 written; 1 the log is not whole, and where; 2 the call or a file cannot be used.

Example: tallystick log export audit-log.jsonl --election rhinebeck --out log-export
`,
  options: {
    election: { type: 'string', required: true },
    out: { type: 'string', required: true },
  },
  positionals: ['LOG'],
  run,
};

async function run(args: VerbArguments): Promise<VerbOutcome> {
  const path = args.positionals[0] ?? '';
  const name = basename(path);
  const bytes = await readBoundedFile(path, MAX_LOG_BYTES);
  if (!bytes.ok) return unusable(bytes.error);
  const election = await openElectionPackage(args.required('election'));
  if (!election.ok) return unusable(...election.error);
  const { devices, definition } = election.value;
  const listed = (serial: string): string | undefined => {
    const device = devices.find(({ serialNumber }) => serialNumber === serial);
    return device === undefined ? undefined : toHex(device.publicKey);
  };
  const checked = checkLog(bytes.value, name, listed);
  const { wrong } = checked.findings;
  if (wrong.length > 0 || checked.kind !== 'log' || checked.content === undefined) return notWhole(wrong);
  const { deviceSerial = '', deviceKey, simulated = false } = checked.identity;
  if (deviceKey === undefined) {
    const reason = `is the log of ${deviceSerial}, which the package does not list`;
    return unusable(problem('not-listed', name, '', reason));
  }
  const { entries } = checked.content;
  const facts = { electionId: definition.id, deviceSerial, simulated, utcOffset: definition.utcOffset };
  const folder = args.required('out');
  const written = await writeNewFolder(folder, madeOfLog(entries, facts));
  if (!written.ok) return unusable(written.error);
  const text = `${folder}: ${entries.length} entries of ${deviceSerial}, in SP 1500-101 and as text`;
  return { kind: 'done', text, json: { folder, entries: entries.length, deviceSerial } };
}

function notWhole(problems: readonly Problem[]): VerbOutcome {
  return { kind: 'finding', text: problems.map(describeProblem).join('\n'), json: { problems } };
}

async function writeNewFolder(folder: string, files: readonly LogFile[]): Promise<Result<void>> {
  try {
    await mkdir(folder);
    for (const { name, bytes } of files) await writeFile(join(folder, name), bytes, { flag: 'wx' });
    return ok(undefined);
  } catch (thrown) {
    const code = errorCode(thrown);
    const reason = code === 'EEXIST' ? 'is there already' : `cannot be written (${code})`;
    return err(problem('unwritable', basename(folder), '', reason));
  }
}
