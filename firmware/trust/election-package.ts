/**
 * An election package: everything that a machine needs to know of one election at one polling place in one mode, in a
 * folder signed by the authority: the definition (its exact bytes), the layouts of the ballots cast there, the
 * security keys that are valid, the devices that may be used, and the authority's public keys. Nothing unsigned is
 * ever loaded. docs/formats/package.md.
 *
 * The signature alone proves only that the package is whole and that the authority named inside made it. Which
 * authority that may be is pinned on the device (`device-state/identity.ts`) and given here as `expectedAuthority`.
 */
import { basename } from 'node:path';
import { z } from 'zod';
import { toHex } from '../../ground/bytes.js';
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { ElectionDefinition } from '../../election-def/definition.js';
import type { BallotLayout } from '../../election-def/layout-types.js';
import { layoutsFile, layOutElection, readLayouts } from '../../election-def/layout.js';
import { readDefinition, type LoadedDefinition } from '../../election-def/load.js';
import type { ElectionMode } from '../records/record.js';
import { unprintableTexts } from '../tapes/printable.js';
import { publicKeysOf, type Authority, type AuthorityPublicKeys } from './authority.js';
import { hexBytes, parseValue } from './json.js';
import { isSealPublicKey } from './keys.js';
import type { ManifestFields } from './manifest.js';
import { KEY_SERIAL_PATTERN, keyRoles, type ListedSecurityKey } from './security-key.js';
import {
  openSignedFolder,
  writeSignedFolder,
  type FolderLimits,
  type SignedFolder,
} from './signed-folder.js';
import { layoutProblems, packageContentProblems, precinctsOf } from './package-content.js';
import { equalInConstantTime, sha256 } from './symmetric.js';
import { certifyDevice, isCertified, type DeviceCertificate } from './verify/device-certificate.js';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from './verify/signature.js';

export interface ElectionPackage {
  readonly directory: string;
  readonly definition: ElectionDefinition;
  /** The exact bytes that were signed. */
  readonly definitionBytes: Uint8Array;
  readonly definitionSha256: string;
  /** The part of that hash that every ballot's code carries. */
  readonly hash20: number;
  /** Of every ballot that may be cast at this polling place. */
  readonly layouts: readonly BallotLayout[];
  readonly mode: ElectionMode;
  readonly pollingPlaceId: string;
  /** Served there, in the definition's order. */
  readonly precinctIds: readonly string[];
  readonly authority: AuthorityPublicKeys;
  readonly securityKeys: readonly ListedSecurityKey[];
  /** One for each device that may be used, as the authority signed it. */
  readonly devices: readonly DeviceCertificate[];
  /** Of the manifest: names this package on tapes and in the log. */
  readonly packageSha256: string;
}

export interface PackageParts {
  readonly definitionBytes: Uint8Array;
  /** For messages: the definition's file name. */
  readonly definitionName: string;
  readonly mode: ElectionMode;
  readonly pollingPlaceId: string;
  readonly securityKeys: readonly ListedSecurityKey[];
  readonly devices: readonly { readonly serialNumber: string; readonly publicKey: Uint8Array }[];
}

export const DEFINITION_NAME = 'definition.json';
export const LAYOUTS_NAME = 'layouts.json';
const FILE_NAMES: readonly string[] = [DEFINITION_NAME, LAYOUTS_NAME];
const LIMITS: FolderLimits = {
  maxFiles: FILE_NAMES.length,
  maxFileBytes: 128 * 1024 * 1024,
  maxTotalBytes: 144 * 1024 * 1024,
};
export const DEVICE_SERIAL_PATTERN = /^[A-Z0-9][A-Z0-9-]{0,31}$/;

const fieldsSchema = z.strictObject({
  definitionSha256: z.string().regex(/^[0-9a-f]{64}$/),
  mode: z.enum(['test', 'official']),
  pollingPlaceId: z.string().max(48),
  authority: z.strictObject({
    signPublicKey: hexBytes(PUBLIC_KEY_BYTES),
    sealPublicKey: hexBytes(PUBLIC_KEY_BYTES),
  }),
  securityKeys: z
    .array(
      z.strictObject({
        serial: z.string().regex(KEY_SERIAL_PATTERN),
        role: z.enum(keyRoles),
        sealPublicKey: hexBytes(PUBLIC_KEY_BYTES),
        party: z.string().max(48).exactOptional(),
      }),
    )
    .max(500),
  devices: z
    .array(
      z.strictObject({
        serialNumber: z.string().regex(DEVICE_SERIAL_PATTERN),
        publicKey: hexBytes(PUBLIC_KEY_BYTES),
        certificate: hexBytes(SIGNATURE_BYTES),
      }),
    )
    .max(5000),
});
type Fields = z.output<typeof fieldsSchema>;

/** Lays the ballots out, checks everything that `openElectionPackage` checks, signs and writes. */
export async function buildElectionPackage(
  authority: Authority,
  parts: PackageParts,
  directory: string,
): Promise<Result<{ readonly packageSha256: string }, readonly Problem[]>> {
  const loaded = readDefinition(parts.definitionBytes, parts.definitionName);
  if (!loaded.ok) return loaded;
  // A name that the tape printer cannot print must be found in the office, not on election morning.
  const problems = [
    ...packageContentProblems(loaded.value.definition, parts, 'package'),
    ...unprintableTexts(loaded.value.definition, parts.definitionName),
  ];
  if (problems.length > 0) return err(problems);
  const layouts = layOutElection(loaded.value);
  if (!layouts.ok) return layouts;
  const served = precinctsOf(loaded.value.definition, parts.pollingPlaceId);
  const servedLayouts = layouts.value.filter((layout) => served.includes(layout.precinctId));
  const files = new Map([
    [DEFINITION_NAME, parts.definitionBytes],
    [LAYOUTS_NAME, layoutsFile(loaded.value, servedLayouts)],
  ]);
  const fields = fieldsOf(authority, loaded.value, parts);
  const written = await writeSignedFolder(directory, files, 'package', fields, { signer: authority.signer });
  return written.ok ? ok({ packageSha256: toHex(written.value.manifestSha256) }) : err([written.error]);
}

/**
 * @param expectedAuthority the pinned signing key, where one is pinned
 */
export async function openElectionPackage(
  directory: string,
  expectedAuthority?: Uint8Array,
): Promise<Result<ElectionPackage, readonly Problem[]>> {
  const folder = await openSignedFolder(directory, 'package', LIMITS);
  if (!folder.ok) return folder;
  const where = basename(directory);
  const fields = readFields(folder.value, expectedAuthority, where);
  if (!fields.ok) return fields;
  const files = await readFiles(folder.value, where);
  if (!files.ok) return files;
  const { loaded, layouts } = files.value;
  const problems = [...packageContentProblems(loaded.definition, fields.value, where)];
  if (fields.value.definitionSha256 !== loaded.sha256Hex) {
    problems.push(problem('hash-differs', where, 'definitionSha256', 'is not that of the definition'));
  }
  const precinctIds = precinctsOf(loaded.definition, fields.value.pollingPlaceId);
  problems.push(...layoutProblems(loaded.definition, precinctIds, layouts, where));
  const devices = certificatesOf(fields.value, loaded);
  for (const [i, device] of devices.entries()) {
    if (isCertified(device, fields.value.authority.signPublicKey)) continue;
    const reason = `the certificate of ${device.serialNumber} is not by the authority`;
    problems.push(problem('certificate-invalid', where, `devices[${i}]`, reason));
  }
  if (problems.length > 0) return err(problems);
  const { mode, pollingPlaceId, authority, securityKeys } = fields.value;
  return ok({
    directory,
    definition: loaded.definition,
    definitionBytes: loaded.bytes,
    definitionSha256: loaded.sha256Hex,
    hash20: loaded.hash20,
    layouts,
    mode,
    pollingPlaceId,
    precinctIds,
    authority,
    securityKeys,
    devices,
    packageSha256: toHex(folder.value.manifestSha256),
  });
}

/** The certificate of the device with this serial number and key, or why it may not be used with the package. */
export function deviceCertificate(
  electionPackage: ElectionPackage,
  serialNumber: string,
  publicKey: Uint8Array,
): Result<DeviceCertificate> {
  const where = basename(electionPackage.directory);
  const device = electionPackage.devices.find((listed) => listed.serialNumber === serialNumber);
  if (device === undefined) {
    return err(problem('device-not-listed', where, 'devices', `does not list the device ${serialNumber}`));
  }
  if (!equalInConstantTime(device.publicKey, publicKey)) {
    const reason = `lists the device ${serialNumber} with another key than it has`;
    return err(problem('device-key-differs', where, 'devices', reason));
  }
  return ok(device);
}

function fieldsOf(authority: Authority, loaded: LoadedDefinition, parts: PackageParts): ManifestFields {
  const { signPublicKey, sealPublicKey } = publicKeysOf(authority);
  const statement = {
    electionId: loaded.definition.id,
    definitionSha256: sha256(loaded.bytes),
    mode: parts.mode,
  };
  return {
    definitionSha256: loaded.sha256Hex,
    mode: parts.mode,
    pollingPlaceId: parts.pollingPlaceId,
    authority: { signPublicKey: toHex(signPublicKey), sealPublicKey: toHex(sealPublicKey) },
    securityKeys: parts.securityKeys.map((key) => ({ ...key, sealPublicKey: toHex(key.sealPublicKey) })),
    devices: parts.devices.map((device) => ({
      serialNumber: device.serialNumber,
      publicKey: toHex(device.publicKey),
      certificate: toHex(certifyDevice(authority.signer, { ...statement, ...device }).signature),
    })),
  };
}

function readFields(
  folder: SignedFolder,
  expectedAuthority: Uint8Array | undefined,
  where: string,
): Result<Fields, readonly Problem[]> {
  const { manifest } = folder;
  const fields = parseValue(fieldsSchema, manifest.fields, where);
  if (!fields.ok) return err([fields.error]);
  const { signPublicKey } = fields.value.authority;
  if (!equalInConstantTime(signPublicKey, manifest.signer)) {
    return err([problem('other-signer', where, '', 'is not signed by the authority that it names')]);
  }
  if (expectedAuthority !== undefined && !equalInConstantTime(signPublicKey, expectedAuthority)) {
    const reason = 'is signed by another authority than the one this device belongs to';
    return err([problem('other-authority', where, '', reason)]);
  }
  if (!isSealPublicKey(fields.value.authority.sealPublicKey)) {
    const reason = 'must be an X25519 public key';
    return err([problem('bad-key', where, 'authority.sealPublicKey', reason)]);
  }
  const names = manifest.files.map((file) => file.name);
  if (names.join() !== FILE_NAMES.join()) {
    return err([problem('package-files', where, 'files', `must be ${FILE_NAMES.join(' and ')}`)]);
  }
  return fields;
}

async function readFiles(
  folder: SignedFolder,
  where: string,
): Promise<Result<{ loaded: LoadedDefinition; layouts: readonly BallotLayout[] }, readonly Problem[]>> {
  const definitionBytes = await folder.read(DEFINITION_NAME);
  if (!definitionBytes.ok) return err([definitionBytes.error]);
  const loaded = readDefinition(definitionBytes.value, `${where}/${DEFINITION_NAME}`);
  if (!loaded.ok) return loaded;
  const layoutBytes = await folder.read(LAYOUTS_NAME);
  if (!layoutBytes.ok) return err([layoutBytes.error]);
  const layouts = readLayouts(layoutBytes.value, `${where}/${LAYOUTS_NAME}`, loaded.value);
  if (!layouts.ok) return layouts;
  return ok({ loaded: loaded.value, layouts: layouts.value });
}

function certificatesOf(fields: Fields, loaded: LoadedDefinition): readonly DeviceCertificate[] {
  const electionId = loaded.definition.id;
  const definitionSha256 = sha256(loaded.bytes);
  return fields.devices.map(({ serialNumber, publicKey, certificate }) => ({
    electionId,
    definitionSha256,
    mode: fields.mode,
    serialNumber,
    publicKey,
    signature: certificate,
  }));
}
