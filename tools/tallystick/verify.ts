/**
 * `tallystick verify`: for whoever was handed a package, an export, tapes or a log and wants to know whether to believe
 * them. It reads, adds up again, and says in words what is right and what is wrong, and where. docs/verify.md.
 */
import { describeProblem, type Problem } from '../../ground/result.js';
import { systemClock } from '../../firmware/runtime/ports.js';
import { LOG_NAME } from '../../firmware/audit-log/copies.js';
import { EVENT_LOG_NAME } from '../../firmware/audit-log/sp1500-101.js';
import { MAX_LOG_BYTES } from '../../firmware/audit-log/verify.js';
import { MAX_TAPE_TEXT_BYTES } from '../../firmware/runtime/tape-desk.js';
import { toHex } from '../../ground/bytes.js';
import { readBoundedFile } from '../bounded-file.js';
import { checkExport } from '../verify/check-export.js';
import { checkLog } from '../verify/check-log.js';
import { checkPackage } from '../verify/check-package.js';
import { checkTapePictures, checkTapeText, type Picture } from '../verify/check-tape.js';
import { eventLogProblems } from '../verify/event-log.js';
import { counted, type Checked, type CheckedExport, type Findings } from '../verify/findings.js';
import { recognise, type Recognised } from '../verify/recognise.js';
import { checkTogether } from '../verify/together.js';
import { readAuthority, trustSentences, type Trust } from '../verify/trust.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';
import { progressOn, type Progress } from './progress.js';

export const VERIFY_FORMAT = 'tallystick-verify/1';

export const verify: Verb = {
  name: 'verify',
  summary: 'say whether packages, exports, tapes and logs are right, and belong together',
  help: `tallystick verify FILE… [--authority PUBLICKEY.hex|AUTHORITY.key|PACKAGE]

Says in words what each FILE is, who signed it, what is right and what is wrong, and where. Nothing is written. FILE is
  an election package or an export   its folder
  a tape                             its text, or pictures of it (PNG, JPEG; several may show one tape)
  an audit log                       audit-log.jsonl
  a folder                           with any of these in it
Several are also held against each other: one election, one device; the log reaches the tapes; the totals on the tape
and in the export are added up again from the marks of each record. docs/verify.md lists every check.

  --authority FILE  whose signature counts: a file with the public key (64 hexadecimal digits), the authority's key
                    file (no passphrase is needed), or a package that you trust. Without it the key inside a given
                    package is taken, and the result is only as good as the place where that came from
  --json            print the findings as JSON

Exit status: 0 nothing is wrong; 1 something is, and what; 2 the call or a file cannot be used.

Example: tallystick verify export/dutchess-2026-general-official-ts-0001 tape.jpg --authority county.hex
`,
  options: { authority: { type: 'string' } },
  positionals: ['FILE…'],
  run,
};

export const MOST_PICTURE_BYTES = 64 * 1024 * 1024;
const MOST_THINGS = 500;

async function run(args: VerbArguments): Promise<VerbOutcome> {
  const recognised = await Promise.all(args.positionals.map(recognise));
  const problems = recognised.flatMap((one) => (one.ok ? [] : [one.error]));
  if (problems.length > 0) return unusable(...problems);
  const found = recognised.flatMap((one) => (one.ok ? one.value.found : []));
  const passedOver = recognised.flatMap((one) => (one.ok ? one.value.passedOver : []));
  if (found.length > MOST_THINGS) {
    const reason = `${found.length} things are too many for one call; at most ${MOST_THINGS} are checked`;
    return unusable({ code: 'too-many', where: 'tallystick verify', path: '', reason });
  }
  const given = args.one('authority');
  const trust = given === undefined ? undefined : await readAuthority(given);
  if (trust !== undefined && !trust.ok) return unusable(...trust.error);

  const clock = systemClock();
  const progress = progressOn(process.stderr, () => clock.nowMs());
  const loaded = await readAll(found);
  if (!loaded.ok) return unusable(...loaded.problems);
  const checked = await checkAll(loaded.things, trust?.value, progress);
  progress.clear();
  return report(checked.all, checked.trust, passedOver);
}

/** A single file is read before anything is checked: one that cannot be read is no finding. */
type Loaded = Recognised & { readonly bytes?: Uint8Array };

async function readAll(
  found: readonly Recognised[],
): Promise<{ ok: true; things: readonly Loaded[] } | { ok: false; problems: readonly Problem[] }> {
  const bounds = { picture: MOST_PICTURE_BYTES, log: MAX_LOG_BYTES, 'tape-text': MAX_TAPE_TEXT_BYTES };
  const things: Loaded[] = [];
  const problems: Problem[] = [];
  for (const one of found) {
    if (one.kind === 'package' || one.kind === 'export') {
      things.push(one);
      continue;
    }
    const bytes = await readBoundedFile(one.path, bounds[one.kind]);
    if (bytes.ok) things.push({ ...one, bytes: bytes.value });
    else problems.push({ ...bytes.error, where: one.name });
  }
  return problems.length === 0 ? { ok: true, things } : { ok: false, problems };
}

/** Packages first, for their authority; then what devices signed, for their keys; then logs. */
async function checkAll(
  things: readonly Loaded[],
  given: Trust | undefined,
  progress: Progress,
): Promise<{ readonly all: readonly Checked[]; readonly trust: Trust }> {
  const all: Checked[] = [];
  const authorityGiven = given === undefined || given.source === 'none' ? undefined : given.authority;
  for (const one of things) {
    if (one.kind === 'package') all.push(await checkPackage(one.path, one.name, authorityGiven));
  }
  const trust = given ?? trustInside(all);
  const authority = trust.source === 'none' ? undefined : trust.authority;
  const pictures: Picture[] = [];
  const logs: GivenLog[] = [];
  for (const { kind, path, name, bytes = new Uint8Array() } of things) {
    if (kind === 'export') {
      const one = await checkExport(path, name, authority, progress);
      all.push(one);
      if (one.kind !== 'export' || one.content === undefined) continue;
      for (const { name: file } of one.content.exported.manifest.files) {
        if (!file.startsWith('tapes/') && file !== `log/${LOG_NAME}`) continue;
        const read = await one.content.exported.read(file);
        const inside = `${name}/${file}`;
        if (!read.ok) one.findings.blame(read.error);
        else if (file.startsWith('tapes/')) all.push(checkTapeText(read.value, inside, authority));
        else logs.push({ bytes: read.value, name: inside, of: one });
      }
    } else if (kind === 'tape-text') all.push(checkTapeText(bytes, name, authority));
    else if (kind === 'picture') pictures.push({ name, bytes });
    else if (kind === 'log') logs.push({ bytes, name });
  }
  all.push(...(await checkTapePictures(pictures, authority)));
  for (const { bytes, name, of } of logs) {
    const exported = of?.content?.exported;
    const around = exported && { deviceKey: toHex(exported.devicePublicKey), madeBy: exported.madeBy };
    const log = checkLog(bytes, name, (serial) => keyOf(serial, all), around);
    if (of?.content !== undefined && log.kind === 'log') await checkEventLog(of.content, log, name);
    all.push(log);
  }
  return { all, trust };
}

interface GivenLog {
  readonly bytes: Uint8Array;
  readonly name: string;
  /** The export in which it lies. */
  readonly of?: Checked & { readonly kind: 'export' };
}

/** The same log in the common data format, where an export carries it. */
async function checkEventLog(
  { exported, definition }: CheckedExport,
  { findings, content, identity }: Checked & { readonly kind: 'log' },
  name: string,
): Promise<void> {
  const file = `log/${EVENT_LOG_NAME}`;
  const isThere = exported.manifest.files.some((listed) => listed.name === file);
  if (!isThere || content === undefined || !findings.isRight) return;
  const where = name.replace(LOG_NAME, EVENT_LOG_NAME);
  const bytes = await exported.read(file);
  if (!bytes.ok) {
    findings.blame(bytes.error);
    return;
  }
  const expected = {
    entries: content.entries,
    electionId: definition.id,
    deviceSerial: identity.deviceSerial ?? '',
    utcOffset: definition.utcOffset,
  };
  const problems = eventLogProblems(bytes.value, expected, where);
  findings.blame(...problems);
  if (problems.length === 0) findings.say(`${EVENT_LOG_NAME} (SP 1500-101) has the same entries`);
}

/** The authority that the first whole package names. */
function trustInside(packages: readonly Checked[]): Trust {
  for (const one of packages) {
    if (one.kind !== 'package' || one.content === undefined) continue;
    return { source: 'package', authority: one.content.authority.signPublicKey, from: one.name };
  }
  return { source: 'none' };
}

function keyOf(serial: string, all: readonly Checked[]): string | undefined {
  for (const one of all) {
    if (one.kind !== 'package') continue;
    const device = one.content?.devices.find(({ serialNumber }) => serialNumber === serial);
    if (device !== undefined) return toHex(device.publicKey);
  }
  return all.find(({ identity, findings }) => findings.isRight && identity.deviceSerial === serial)?.identity
    .deviceKey;
}

const KIND_NAMES = {
  package: 'election package',
  export: 'export',
  tape: 'tape',
  log: 'audit log',
} as const;

function report(all: readonly Checked[], trust: Trust, passedOver: readonly string[]): VerbOutcome {
  const together = checkTogether(all);
  const wrong = [...all.flatMap(({ findings }) => findings.wrong), ...together.wrong];
  const notLooked =
    passedOver.length === 0
      ? []
      : [`Not looked at: ${passedOver.slice(0, 20).join(', ')}${passedOver.length > 20 ? ', …' : ''}`];
  const text = [
    ...trustSentences(trust),
    ...all.flatMap(({ kind, name, findings }) => ['', `${name}: ${KIND_NAMES[kind]}`, ...lines(findings)]),
    ...(all.length > 1 ? ['', 'Together', ...lines(together)] : lines(together)),
    '',
    ...notLooked,
    wrong.length === 0 ? 'Nothing is wrong.' : `${counted(wrong.length, 'thing is', 'things are')} wrong.`,
  ].join('\n');
  const json = {
    format: VERIFY_FORMAT,
    authority:
      trust.source === 'none'
        ? { source: 'none' }
        : { source: trust.source, publicKey: toHex(trust.authority), from: trust.from },
    things: all.map(({ kind, name, identity, findings }) => ({ kind, name, identity, ...said(findings) })),
    together: said(together),
    passedOver,
    problems: wrong,
  };
  return { kind: wrong.length === 0 ? 'done' : 'finding', text, json };
}

function said({ right, notes, wrong }: Findings): object {
  return { right, notes, wrong };
}

function lines({ right, notes, wrong }: Findings): readonly string[] {
  return [
    ...right.map((sentence) => `  right  ${sentence}`),
    ...notes.map((sentence) => `  note   ${sentence}`),
    ...wrong.map((one) => `  WRONG  ${describeProblem(one)}`),
  ];
}
