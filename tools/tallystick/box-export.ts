/**
 * `tallystick box export`: the export that a machine can no longer make, made by the authority from the memory cards.
 * docs/formats/export.md.
 */
import { basename, resolve } from 'node:path';
import { logFiles, type LogFile } from '../../firmware/audit-log/log-files.js';
import { exportElection } from '../../firmware/records/export.js';
import { systemClock, zonedTime } from '../../firmware/runtime/ports.js';
import { openElectionPackage, type ElectionPackage } from '../../firmware/trust/election-package.js';
import type { Authority } from '../../firmware/trust/authority.js';
import { equalBytes } from '../../ground/bytes.js';
import { describeProblem, err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { logOnCards, type LogOnCards } from '../log-on-cards.js';
import { intentSentence, openElectionsBox, type ElectionsBox } from '../memory-cards.js';
import { endsWithClosedPolls } from '../verify/check-log.js';
import { counted } from '../verify/findings.js';
import { boxLine, boxOnCards, type BoxOnCards } from './box.js';
import { openAuthorityFiles } from './keys.js';
import { progressOn, told } from './progress.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';

export const boxExport: Verb = {
  name: 'box export',
  summary: 'make the export from memory cards, where the machine no longer can',
  help: `tallystick box export CARD [CARD] --election PACKAGE --authority FILE --passphrase-file FILE --out DIR

Makes the export of a machine that died before it made its own, from one or both of its memory cards (the folders where
they are mounted): the same folder with the same records, signed by the authority in place of the machine. Each ballot
still carries the signature of the device that cast it, and "tallystick verify" says which of the two made the export.
The audit log is taken from the cards. Tapes are not on them: there are none in DIR, and the printed results tape is
what shows that no ballot was left out. Nothing is written on the cards; nothing at all when a ballot cannot be read or
verified, or when the cards disagree. Then "tallystick box open" shows what is left; give one card if the other is bad.

  --election PACKAGE      the election package that lists the device
  --authority FILE        the authority's key, the one that signed the package
  --passphrase-file FILE  its passphrase; "-" reads it from standard input
  --out DIR               the folder to be made; one that is there is never written into
  --json                  print what was done as JSON

Exit status: 0 made; 1 made, and something is wrong with the audit log; 2 nothing was made: the call, a card or a file
cannot be used.

Example: tallystick box export /media/card-a /media/card-b --election rhinebeck --authority authority.key \\
           --passphrase-file passphrase.txt --out dutchess-2026-general-official-ts-0001
`,
  options: {
    election: { type: 'string', required: true },
    authority: { type: 'string', required: true },
    'passphrase-file': { type: 'string', required: true },
    out: { type: 'string', required: true },
  },
  positionals: ['CARD…'],
  run,
};

type Problems = readonly Problem[];

interface MadeExport {
  readonly box: BoxOnCards;
  readonly folder: string;
  readonly sheets: number;
  readonly notes: readonly string[];
  readonly problems: Problems;
}

async function run(args: VerbArguments): Promise<VerbOutcome> {
  const authority = await openAuthorityFiles(args);
  if (!authority.ok) return unusable(authority.error);
  const election = await openElection(args.required('election'), authority.value);
  if (!election.ok) return unusable(...election.error);
  const opened = await openElectionsBox(args.positionals, election.value, authority.value);
  if (!opened.ok) return unusable(opened.error);
  try {
    const made = await make(opened.value, election.value, authority.value, args.required('out'));
    return made.ok ? report(made.value) : unusable(made.error);
  } finally {
    await opened.value.box.close();
  }
}

/** Only who signed the package can make an export that is believed with it. */
async function openElection(path: string, authority: Authority): Promise<Result<ElectionPackage, Problems>> {
  const election = await openElectionPackage(path);
  if (!election.ok) return election;
  if (equalBytes(election.value.authority.signPublicKey, authority.signer.publicKey)) return election;
  const reason = 'is signed by another authority than the one whose key was given';
  return err([problem('other-authority', basename(path), '', reason)]);
}

async function make(
  opened: ElectionsBox,
  election: ElectionPackage,
  authority: Authority,
  folder: string,
): Promise<Result<MadeExport>> {
  const { box, stores, device } = opened;
  const log = await logOnCards(stores, device.publicKey);
  const otherFiles = logFilesOf(log, opened, election);
  if (!otherFiles.ok) return otherFiles;
  const clock = systemClock();
  const progress = progressOn(process.stderr, () => clock.nowMs());
  const { counted: sheets } = box.anchorCheck;
  let taken = 0;
  // Every ballot is verified before the first is written, and then read once more.
  const onBallot = (): void => progress.show((taken += 1), 2 * sheets, 'exporting');
  const made = await exportElection({
    directory: resolve(folder),
    box: box.header,
    ballots: () => told(box.readAll(), onBallot),
    sheets,
    election,
    softwareVersion: log.entries.findLast(({ code }) => code === 'software-identified')?.details,
    generatedDate: zonedTime(election.definition.utcOffset),
    otherFiles: otherFiles.value,
    by: { signer: authority.signer, certificate: device },
  });
  progress.clear();
  if (!made.ok) return made;
  const notes = notesOn(opened, log);
  return ok({ box: boxOnCards(box.header), folder, sheets, notes, problems: log.problems });
}

function logFilesOf(
  { whole }: LogOnCards,
  { box }: ElectionsBox,
  { definition }: ElectionPackage,
): Result<readonly LogFile[]> {
  if (whole.length === 0) return ok([]);
  const { deviceSerial, simulated } = box.header;
  const { id: electionId, utcOffset } = definition;
  return logFiles(whole, { electionId, deviceSerial, utcOffset, simulated });
}

/** What whoever believes this export must know. */
function notesOn({ box, stores }: ElectionsBox, log: LogOnCards): readonly string[] {
  const isAlone = stores.a === undefined || stores.b === undefined;
  const { intent } = box;
  return [
    intentSentence(intent),
    ...(isAlone && !intent.alone
      ? ['one card: if the machine went on without it, later ballots are on the other one alone']
      : []),
    ...log.without.map((label) => `${label} holds no audit log`),
    ...(log.whole.length === 0 ? ['the export has no audit log'] : []),
    ...(log.whole.length > 0 && !endsWithClosedPolls(log.entries)
      ? [
          'the audit log does not end with closed polls: the machine died before, or the cards are from before',
        ]
      : []),
    'the export has no tapes, which are not on the cards: hold it against the printed results tape',
  ];
}

const MOST_PROBLEMS = 50;

function report(made: MadeExport): VerbOutcome {
  const { box, folder, sheets, notes, problems } = made;
  const text = [
    boxLine(box),
    `${folder}: ${counted(sheets, 'sheet')} exported, signed by the authority`,
    ...notes.map((note) => `note   ${note}`),
    ...problems.slice(0, MOST_PROBLEMS).map((one) => `WRONG  ${describeProblem(one)}`),
  ].join('\n');
  return { kind: problems.length === 0 ? 'done' : 'finding', text, json: made };
}
