/**
 * `tallystick recount`: the count made once more from the sealed records, and held against the results tape, number by
 * number. The words are those of a recount in the manual of Greater Sudbury, Ontario (section 5.9): the initial count,
 * the regenerated count, and whether the two match.
 */
import { readAuthority } from '../verify/trust.js';
import { checkTapePictures, checkTapeText, type Picture } from '../verify/check-tape.js';
import { counted, type Checked } from '../verify/findings.js';
import { recognise } from '../verify/recognise.js';
import { recordsOfCards, recordsOfExport, type SealedRecords } from '../verify/recount-sources.js';
import { precinctsAt, Retally } from '../verify/retally.js';
import { compareTape, type ComparedTape, type TapeNumber } from '../verify/tape-totals.js';
import { systemClock } from '../../firmware/runtime/ports.js';
import { MAX_TAPE_TEXT_BYTES } from '../../firmware/runtime/tape-desk.js';
import type { SignedTape } from '../../firmware/tapes/facts.js';
import { openElectionPackage } from '../../firmware/trust/election-package.js';
import { toHex } from '../../ground/bytes.js';
import { describeProblem, err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { readBoundedFile } from '../bounded-file.js';
import { openAuthorityFiles } from './keys.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';
import { progressOn } from './progress.js';
import { MOST_PICTURE_BYTES } from './verify.js';

export const RECOUNT_FORMAT = 'tallystick-recount/1';

export const recount: Verb = {
  name: 'recount',
  summary: 'make the count again from the sealed records and hold it against the results tape',
  help: `tallystick recount EXPORT --tape FILE… [--authority FILE]
tallystick recount CARD [CARD] --tape FILE… --election PACKAGE --authority FILE --passphrase-file FILE

Regenerates the count from the sealed records, every one verified as its device signed it when the ballot was cast, by
code that shares nothing with the machine's own; and compares it with the initial count, the results tape, contest by
contest. The records come from the folder of an export, or from one or both memory cards. Nothing is written.

  --tape FILE             the results tape: its text, or a picture of it (PNG, JPEG; give --tape again for more)
  --election PACKAGE      with cards: the election package that lists the device
  --authority FILE        with cards: the authority's key file, which opens the ballot box. With an export: the
                          authority's public key (64 hexadecimal digits), its key file, or a package that you trust;
                          without it, tape and export are only held to be of one and the same device
  --passphrase-file FILE  with cards: the passphrase of the authority's key; "-" reads it from standard input
  --json                  print both counts as JSON

Exit status: 0 the counts match; 1 they do not, or a record or the tape is not as it was signed; 2 the call or a file
cannot be used.

Example: tallystick recount export/dutchess-2026-general-official-ts-0001-1 --tape results.txt --authority county.hex
`,
  options: {
    tape: { type: 'string', multiple: true, required: true },
    election: { type: 'string' },
    authority: { type: 'string' },
    'passphrase-file': { type: 'string' },
  },
  positionals: ['EXPORT-OR-CARD…'],
  run,
};

interface Sources {
  readonly sealed: SealedRecords;
  /** Whose devices count; nothing when it was not said. */
  readonly authority: Uint8Array | undefined;
}

type Problems = readonly Problem[];

/** What is not as it was signed is a finding; what cannot be read at all is not. */
const NOT_AS_SIGNED = ['content-differs', 'size-differs', 'signature-invalid', 'extra-file', 'not-certified'];

function notOpened(problems: Problems): VerbOutcome {
  if (!problems.some(({ code }) => NOT_AS_SIGNED.includes(code))) return unusable(...problems);
  const text = problems.map((one) => `WRONG  ${describeProblem(one)}`).join('\n');
  return { kind: 'finding', text, json: { format: RECOUNT_FORMAT, match: false, numbers: [], problems } };
}

async function run(args: VerbArguments): Promise<VerbOutcome> {
  const sources = await openSources(args);
  if (!sources.ok) return notOpened(sources.error);
  const { sealed, authority } = sources.value;
  try {
    const tape = await readTape(args.many('tape'), authority);
    if (!tape.ok) return unusable(...tape.error);
    const checked = tape.value;
    if (checked.content === undefined) return unusable(...checked.findings.wrong);
    const strange = whyNotThisTape(checked.content, checked.name, sealed);
    if (strange !== undefined) return unusable(strange);
    return await compare(sealed, checked.content, checked);
  } finally {
    await sealed.close();
  }
}

function usage(reason: string): Result<never, Problems> {
  return err([problem('usage', 'tallystick recount', '', reason)]);
}

async function openSources(args: VerbArguments): Promise<Result<Sources, Problems>> {
  const [first = '', second, more] = args.positionals;
  if (more !== undefined) return usage('give one export, or one memory card or two');
  return args.one('election') === undefined && args.one('passphrase-file') === undefined
    ? openExport(first, second, args.one('authority'))
    : openCards(args.positionals, args);
}

async function openExport(
  path: string,
  second: string | undefined,
  authorityPath: string | undefined,
): Promise<Result<Sources, Problems>> {
  if (second !== undefined) {
    return usage('two memory cards need --election, --authority and --passphrase-file');
  }
  const recognised = await recognise(path);
  const found = recognised.ok ? recognised.value.found : [];
  if (found.length !== 1 || found[0]?.kind !== 'export' || found[0].path !== path) {
    const reason = 'is not the folder of an export (a memory card needs --election and --passphrase-file)';
    const missing = !recognised.ok && recognised.error.code === 'missing';
    return err([missing ? recognised.error : problem('not-an-export', path, '', reason)]);
  }
  const trust = authorityPath === undefined ? undefined : await readAuthority(authorityPath);
  if (trust !== undefined && !trust.ok) return trust;
  const authority = trust === undefined || trust.value.source === 'none' ? undefined : trust.value.authority;
  const clock = systemClock();
  const progress = progressOn(process.stderr, () => clock.nowMs());
  const sealed = await recordsOfExport(path, authority, progress);
  progress.clear();
  return sealed.ok ? ok({ sealed: sealed.value, authority }) : sealed;
}

async function openCards(paths: readonly string[], args: VerbArguments): Promise<Result<Sources, Problems>> {
  const [electionPath, keyPath, passphrasePath] = ['election', 'authority', 'passphrase-file'].map((name) =>
    args.one(name),
  );
  if (electionPath === undefined || keyPath === undefined || passphrasePath === undefined) {
    return usage('memory cards need --election, --authority and --passphrase-file');
  }
  const election = await openElectionPackage(electionPath);
  if (!election.ok) return election;
  const authority = await openAuthorityFiles(args);
  if (!authority.ok) return err([authority.error]);
  const sealed = await recordsOfCards(paths, election.value, authority.value);
  return sealed.ok
    ? ok({ sealed: sealed.value, authority: authority.value.signer.publicKey })
    : err([sealed.error]);
}

type CheckedTape = Checked & { readonly kind: 'tape' };

async function readTape(
  paths: readonly string[],
  authority: Uint8Array | undefined,
): Promise<Result<CheckedTape, Problems>> {
  const tapes: Checked[] = [];
  const pictures: Picture[] = [];
  for (const path of paths) {
    const recognised = await recognise(path);
    if (!recognised.ok) return err([recognised.error]);
    const [one, another] = recognised.value.found;
    if (one === undefined || another !== undefined || (one.kind !== 'tape-text' && one.kind !== 'picture')) {
      return err([problem('not-a-tape', path, '', 'is neither the text nor a picture of a tape')]);
    }
    const bound = one.kind === 'picture' ? MOST_PICTURE_BYTES : MAX_TAPE_TEXT_BYTES;
    const bytes = await readBoundedFile(one.path, bound);
    if (!bytes.ok) return err([bytes.error]);
    if (one.kind === 'picture') pictures.push({ name: one.name, bytes: bytes.value });
    else tapes.push(checkTapeText(bytes.value, one.name, authority));
  }
  tapes.push(...(await checkTapePictures(pictures, authority)));
  const [tape, other] = tapes;
  if (tape?.kind !== 'tape') return usage('--tape is missing');
  if (other !== undefined) {
    const reason = `is another tape than ${tape.name}: a recount is held against one`;
    return err([problem('several-tapes', other.name, '', reason)]);
  }
  return ok(tape);
}

function whyNotThisTape(
  { facts, devicePublicKey }: SignedTape,
  name: string,
  sealed: SealedRecords,
): Problem | undefined {
  const strange = (reason: string): Problem => problem('other-tape', name, '', reason);
  if (facts.type !== 'results') return strange('is a zero tape; a recount is held against a results tape');
  const { of, deviceKey } = sealed;
  if (facts.election.id !== of.electionId || facts.definitionSha256 !== of.definitionSha256) {
    return strange(`is of another election than ${sealed.name}`);
  }
  const sameDevice = toHex(devicePublicKey) === deviceKey;
  if (facts.deviceSerial !== of.deviceSerial || !sameDevice) {
    return strange(`is of unit ${facts.deviceSerial}, and ${sealed.name} is not, or of another key of it`);
  }
  if (facts.mode !== of.mode || facts.simulated !== of.simulated) {
    return strange(`is a ${facts.mode} tape, and ${sealed.name} holds ${of.mode} ballots`);
  }
  return undefined;
}

async function compare(sealed: SealedRecords, tape: SignedTape, checked: CheckedTape): Promise<VerbOutcome> {
  const problems: Problem[] = [...checked.findings.wrong];
  const retally = new Retally(sealed.definition, precinctsAt(sealed.definition, sealed.pollingPlaceId));
  const seen = new Set<string>();
  for await (const record of sealed.records()) {
    if (!record.ok) {
      problems.push(record.error);
      continue;
    }
    const where = `${sealed.name}, record ${record.value.id}`;
    if (seen.has(record.value.id)) problems.push(problem('record-twice', where, '', 'is there twice'));
    seen.add(record.value.id);
    problems.push(...retally.add(record.value, where).problems);
  }
  const compared = compareTape(tape.facts, sealed.definition, retally.totals(), checked.name);
  problems.push(...compared.problems);
  return report(sealed, tape, checked, compared, problems);
}

function report(
  sealed: SealedRecords,
  tape: SignedTape,
  checked: CheckedTape,
  { numbers }: ComparedTape,
  problems: readonly Problem[],
): VerbOutcome {
  const different = numbers.filter((one) => !isEqual(one));
  const isMatch = different.length === 0 && problems.length === 0;
  const { facts } = tape;
  const shown = problems.slice(0, MOST_PROBLEMS).map((one) => `WRONG  ${describeProblem(one)}`);
  const more = problems.length - shown.length;
  const text = [
    `Recount of ${facts.election.id}, ${facts.pollingPlace}, unit ${facts.deviceSerial}, ${facts.mode}${facts.simulated ? ', SIMULATED' : ''}`,
    `initial count      ${checked.name}: the results tape of ${facts.wallTime.replace('T', ' ')}`,
    `regenerated count  ${sealed.name}: the sealed records, each verified`,
    ...checked.findings.notes.slice(0, 1).map((note) => `note               ${note}`),
    ...table(numbers),
    '',
    ...shown,
    ...(more > 0 ? [`WRONG  and ${more} more things are wrong`] : []),
    verdict(isMatch, different.length, problems.length),
  ].join('\n');
  const json = { format: RECOUNT_FORMAT, match: isMatch, tape: tape.digest, numbers, problems };
  return { kind: isMatch ? 'done' : 'finding', text, json };
}

const MOST_PROBLEMS = 50;

function verdict(isMatch: boolean, different: number, wrong: number): string {
  if (isMatch) {
    return 'The initial count and the regenerated count match: the regenerated count is the final count.';
  }
  if (different === 0) {
    return `The numbers match, but ${counted(wrong, 'thing is', 'things are')} wrong: this recount decides nothing.`;
  }
  const numbers = counted(different, 'number differs', 'numbers differ');
  return `The regenerated count and the initial count do not match: ${numbers}. One final count is to be regenerated while the Clerk attends.`;
}

const NAME_COLUMNS = 48;
const NUMBER_COLUMNS = 12;

/** A heading for each precinct and contest, then its numbers. */
function table(numbers: readonly TapeNumber[]): readonly string[] {
  let [precincts, contest]: [string | undefined, string | undefined] = [undefined, undefined];
  return numbers.flatMap((one) => {
    const heading: string[] = [];
    if (one.precincts !== precincts) {
      const columns = ['initial', 'regenerated'].map((word) => word.padStart(NUMBER_COLUMNS)).join('');
      heading.push('', `${(one.precincts || 'The whole unit').padEnd(NAME_COLUMNS)}${columns}`);
    }
    if (one.contest !== undefined && (one.contest.id !== contest || one.precincts !== precincts)) {
      heading.push(`  ${one.contest.title}`);
    }
    [precincts, contest] = [one.precincts, one.contest?.id];
    return [...heading, numberLine(one)];
  });
}

function numberLine(one: TapeNumber): string {
  const name = `${one.contest === undefined ? '  ' : '    '}${one.name}`.padEnd(NAME_COLUMNS);
  const numbers = [one.onTape, one.inRecords].map((n) => String(n).padStart(NUMBER_COLUMNS)).join('');
  return `${name}${numbers}  ${isEqual(one) ? 'equal' : 'DIFFERS'}`;
}

function isEqual({ onTape, inRecords }: TapeNumber): boolean {
  return onTape === inRecords;
}
