/**
 * The manifest of a signed folder: the list of its files with sizes and digests, who signed it, and the few fields
 * that its kind needs. The signature is over the manifest's exact bytes. docs/formats/package.md.
 */
import { z } from 'zod';
import { toHex, utf8 } from '../../ground/bytes.js';
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { hexBytes, parseJson } from './json.js';
import type { DeviceCertificate } from './verify/device-certificate.js';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from './verify/signature.js';

export const SIGNED_FOLDER_FORMAT = 'tallystick-signed-folder/1';
export const MANIFEST_NAME = 'manifest.json';
export const SIGNATURE_NAME = 'manifest.sig';
export const MAX_MANIFEST_BYTES = 16 * 1024 * 1024;

/** What kinds there are; each is its own signature domain. */
export const folderKinds = ['package', 'export'] as const;
export type FolderKind = (typeof folderKinds)[number];

/** `definition.json`, `images/0a1b.jpeg`: at most three levels; no part can be hidden, `.` or `..`. */
export const FILE_NAME_PATTERN = /^[a-z0-9][a-z0-9._-]{0,99}(\/[a-z0-9][a-z0-9._-]{0,99}){0,2}$/;

const listedFile = z.strictObject({
  name: z.string().regex(FILE_NAME_PATTERN, { error: 'must be a plain file name' }),
  bytes: z.int().min(0),
  sha256: hexBytes(32),
});
export type ListedFile = z.output<typeof listedFile>;

const certificate = z.strictObject({
  electionId: z.string().max(48),
  definitionSha256: hexBytes(32),
  mode: z.enum(['test', 'official']),
  serialNumber: z.string().max(64),
  publicKey: hexBytes(PUBLIC_KEY_BYTES),
  signature: hexBytes(SIGNATURE_BYTES),
});

const manifestSchema = z.strictObject({
  format: z.literal(SIGNED_FOLDER_FORMAT),
  kind: z.enum(folderKinds),
  /** The key that signed this manifest. Whether it is one to be trusted is for the reader to say. */
  signer: hexBytes(PUBLIC_KEY_BYTES),
  /** When a device signed: what the authority says about it. */
  certificate: certificate.optional(),
  fields: z.record(z.string(), z.json()),
  files: z.array(listedFile).max(100_000),
});

export interface Manifest {
  readonly kind: FolderKind;
  readonly signer: Uint8Array;
  readonly certificate: DeviceCertificate | undefined;
  readonly fields: ManifestFields;
  readonly files: readonly ListedFile[];
}

export type ManifestFields = Readonly<Record<string, JsonValue>>;
export type JsonValue = z.infer<ReturnType<typeof z.json>>;

export function manifestBytes(manifest: Manifest): Uint8Array {
  const { kind, signer, fields } = manifest;
  const json: z.input<typeof manifestSchema> = {
    format: SIGNED_FOLDER_FORMAT,
    kind,
    signer: toHex(signer),
    ...(manifest.certificate === undefined ? {} : { certificate: certificateJson(manifest.certificate) }),
    fields,
    files: manifest.files.map((file) => ({ ...file, sha256: toHex(file.sha256) })),
  };
  return utf8(`${JSON.stringify(json, null, 1)}\n`);
}

/** Shape only; nothing of it is believed before the signature over these very bytes has been checked. */
export function readManifest(bytes: Uint8Array, kind: FolderKind, where: string): Result<Manifest> {
  const parsed = parseJson(manifestSchema, bytes, where);
  if (!parsed.ok) return parsed;
  const { files, signer, fields } = parsed.value;
  if (parsed.value.kind !== kind) {
    const reason = `says "${parsed.value.kind}" where "${kind}" is wanted`;
    return err(problem('folder-kind', where, 'kind', reason));
  }
  const unsorted = files.findIndex((file, i) => i > 0 && file.name <= (files[i - 1]?.name ?? ''));
  if (unsorted > 0) {
    const reason = 'is listed twice or not in its alphabetical place';
    return err(problem('manifest-order', where, `files[${unsorted}]`, reason));
  }
  return ok({ kind, signer, certificate: parsed.value.certificate, fields, files });
}

export function fileNameProblem(name: string, where: string): Problem | undefined {
  if (FILE_NAME_PATTERN.test(name) && name !== MANIFEST_NAME && name !== SIGNATURE_NAME) return undefined;
  return problem('bad-name', where, name, 'is not a name that a file of a signed folder may have');
}

export function certificateJson(value: DeviceCertificate): z.input<typeof certificate> {
  return {
    electionId: value.electionId,
    definitionSha256: toHex(value.definitionSha256),
    mode: value.mode,
    serialNumber: value.serialNumber,
    publicKey: toHex(value.publicKey),
    signature: toHex(value.signature),
  };
}
