/**
 * `tallystick election check` and `tallystick election build`: from a definition that an office wrote to the signed
 * package that a machine loads. docs/formats/election-definition.md and docs/formats/package.md.
 */
import { basename } from 'node:path';
import { fromHex } from '../../ground/bytes.js';
import { describeProblem, err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { textIn } from '../../election-def/definition.js';
import { layOutElection } from '../../election-def/layout.js';
import type { BallotLayout } from '../../election-def/layout-types.js';
import { MAX_DEFINITION_BYTES, readDefinition, type LoadedDefinition } from '../../election-def/load.js';
import {
  buildElectionPackage,
  DEVICE_SERIAL_PATTERN,
  type PackageParts,
} from '../../firmware/trust/election-package.js';
import { publicKeysOf, type Authority } from '../../firmware/trust/authority.js';
import {
  listingOf,
  MAX_SECURITY_KEY_BYTES,
  readSecurityKey,
  type ListedSecurityKey,
} from '../../firmware/trust/security-key.js';
import { readBoundedFile } from '../bounded-file.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';
import { openAuthorityFiles } from './keys.js';

export const electionCheck: Verb = {
  name: 'election check',
  summary: 'say everything that is wrong with an election definition',
  help: `tallystick election check DEFINITION.json

Reads an election definition (docs/formats/election-definition.md), checks it, lays out its ballots, and lists every
problem found in one run. Writes nothing.

  --json  print problems or summary as JSON

Exit status: 0 nothing wrong; 1 something is, and what; 2 the file cannot be read.

Example: tallystick election check dutchess-ny.json
`,
  options: {},
  positionals: ['DEFINITION.json'],
  run: runCheck,
};

export const electionBuild: Verb = {
  name: 'election build',
  summary: 'make the signed package that a machine loads',
  help: `tallystick election build --definition FILE --authority FILE --passphrase-file FILE --mode test|official
                          --polling-place ID --device SERIAL=PUBLICKEY … --security-key FILE … --out DIR

Checks the definition, lays out the ballots of one polling place, and writes a package signed by the authority. A
machine takes nothing else. One package is for one mode: a test package never becomes an official one.

  --definition FILE       the election definition; its exact bytes go into the package
  --authority FILE        the authority key (tallystick keys authority)
  --passphrase-file FILE  its passphrase; "-" reads it from standard input
  --mode MODE             test or official
  --polling-place ID      a polling place of the definition
  --device SERIAL=KEY     a device that may be used there, as "tallystick keys device" prints it; once for each
  --security-key FILE     a security key that is valid (tallystick keys security-key); once for each. A key that is
                          left out is withdrawn
  --out DIR               the package; a folder that is there is never overwritten
  --json                  print what was built as JSON

Exit status: 0 built; 1 the parts do not make an election that can be held; 2 the call or a file cannot be used.

Example: tallystick election build --definition dutchess-ny.json --authority authority.key \\
           --passphrase-file passphrase.txt --mode official --polling-place rhinebeck-town-hall \\
           --device TS-0001=1f5c… --security-key pw-1.key --security-key pw-2.key --security-key ad-1.key \\
           --out rhinebeck
`,
  options: {
    definition: { type: 'string', required: true },
    authority: { type: 'string', required: true },
    'passphrase-file': { type: 'string', required: true },
    mode: { type: 'string', required: true },
    'polling-place': { type: 'string', required: true },
    device: { type: 'string', multiple: true, required: true },
    'security-key': { type: 'string', multiple: true, required: true },
    out: { type: 'string', required: true },
  },
  positionals: [],
  run: runBuild,
};

async function runCheck(args: VerbArguments): Promise<VerbOutcome> {
  const path = args.positionals[0] ?? '';
  const bytes = await readBoundedFile(path, MAX_DEFINITION_BYTES);
  if (!bytes.ok) return unusable(bytes.error);
  const loaded = readDefinition(bytes.value, basename(path));
  if (!loaded.ok) return finding(loaded.error);
  const layouts = layOutElection(loaded.value);
  if (!layouts.ok) return finding(layouts.error);
  const json = summary(loaded.value, layouts.value);
  const text = [
    `${basename(path)}: nothing wrong`,
    `${json.title} (${json.id}), ${json.date}`,
    `${json.contests} contests, ${json.precincts} precincts, ${json.pollingPlaces} polling places`,
    `${json.ballotStyles} ballot styles, ${json.ballots} ballots of ${json.sheets.join(' or ')} sheets`,
    `SHA-256 ${json.sha256}`,
  ].join('\n');
  return { kind: 'done', text, json };
}

async function runBuild(args: VerbArguments): Promise<VerbOutcome> {
  const authority = await openAuthorityFiles(args);
  if (!authority.ok) return unusable(authority.error);
  const parts = await readParts(args, authority.value);
  if (!parts.ok)
    return parts.error.kind === 'finding' ? finding(parts.error.problems) : unusable(...parts.error.problems);
  const directory = args.required('out');
  const built = await buildElectionPackage(authority.value, parts.value, directory);
  if (!built.ok) {
    const medium = built.error.find(({ code }) => code === 'already-there' || code === 'medium-failed');
    return medium === undefined ? finding(built.error) : unusable(medium);
  }
  const { packageSha256 } = built.value;
  const { mode, pollingPlaceId } = parts.value;
  const text = `${directory}: ${mode} package for ${pollingPlaceId}\nSHA-256 ${packageSha256}`;
  return { kind: 'done', text, json: { directory, mode, pollingPlaceId, packageSha256 } };
}

interface Refused {
  readonly kind: 'finding' | 'unusable';
  readonly problems: readonly Problem[];
}

async function readParts(args: VerbArguments, authority: Authority): Promise<Result<PackageParts, Refused>> {
  const unusablePart = (...problems: readonly Problem[]): Result<PackageParts, Refused> =>
    err({ kind: 'unusable', problems });
  const path = args.required('definition');
  const mode = args.required('mode');
  if (mode !== 'test' && mode !== 'official') {
    return unusablePart(problem('usage', '--mode', '', `"${mode}" is neither test nor official`));
  }
  const definitionBytes = await readBoundedFile(path, MAX_DEFINITION_BYTES);
  if (!definitionBytes.ok) return unusablePart(definitionBytes.error);
  const loaded = readDefinition(definitionBytes.value, basename(path));
  if (!loaded.ok) return err({ kind: 'finding', problems: loaded.error });
  const electionId = loaded.value.definition.id;
  const devices = args.many('device').map(readDevice);
  const securityKeys = await Promise.all(
    args.many('security-key').map((file) => readListedKey(file, authority, electionId)),
  );
  const problems = [...devices, ...securityKeys].flatMap((read) => (read.ok ? [] : [read.error]));
  if (problems.length > 0) return unusablePart(...problems);
  return ok({
    definitionBytes: definitionBytes.value,
    definitionName: basename(path),
    mode,
    pollingPlaceId: args.required('polling-place'),
    devices: devices.flatMap((read) => (read.ok ? [read.value] : [])),
    securityKeys: securityKeys.flatMap((read) => (read.ok ? [read.value] : [])),
  });
}

function readDevice(text: string): Result<PackageParts['devices'][number]> {
  const [serialNumber = '', hex = '', more] = text.split('=');
  const publicKey = fromHex(hex, '--device');
  if (!DEVICE_SERIAL_PATTERN.test(serialNumber) || hex.length !== 64 || !publicKey.ok || more !== undefined) {
    return err(problem('usage', '--device', '', `"${text}" is not SERIAL=PUBLICKEY (64 hexadecimal digits)`));
  }
  return ok({ serialNumber, publicKey: publicKey.value });
}

/** What the package lists of a key that this authority made for this election. */
async function readListedKey(
  path: string,
  authority: Authority,
  electionId: string,
): Promise<Result<ListedSecurityKey>> {
  const bytes = await readBoundedFile(path, MAX_SECURITY_KEY_BYTES);
  if (!bytes.ok) return bytes;
  const listing = listingOf(bytes.value);
  const judge = { definition: { id: electionId }, authority: publicKeysOf(authority) };
  const judged = listing.ok
    ? readSecurityKey(bytes.value, { ...judge, securityKeys: [listing.value] })
    : listing;
  if (!judged.ok) return err({ ...judged.error, where: basename(path) });
  const { serial, role, party, sealPublicKey } = judged.value;
  return ok({ serial, role, sealPublicKey, ...(party === undefined ? {} : { party }) });
}

interface Summary {
  readonly id: string;
  readonly title: string;
  readonly date: string;
  readonly sha256: string;
  readonly contests: number;
  readonly precincts: number;
  readonly pollingPlaces: number;
  readonly ballotStyles: number;
  readonly ballots: number;
  /** How many sheets a ballot may have. */
  readonly sheets: readonly number[];
}

function summary(loaded: LoadedDefinition, layouts: readonly BallotLayout[]): Summary {
  const { definition } = loaded;
  const sheets = new Set(layouts.map((layout) => layout.sheets.length));
  return {
    id: definition.id,
    title: textIn(definition.title, definition.languages[0] ?? 'en'),
    date: definition.date,
    sha256: loaded.sha256Hex,
    contests: definition.contests.length,
    precincts: definition.precincts.length,
    pollingPlaces: definition.pollingPlaces.length,
    ballotStyles: definition.ballotStyles.length,
    ballots: layouts.length,
    sheets: [...sheets].sort((a, b) => a - b),
  };
}

function finding(problems: readonly Problem[]): VerbOutcome {
  return { kind: 'finding', text: problems.map(describeProblem).join('\n'), json: { problems } };
}
