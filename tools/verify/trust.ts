/**
 * Whose signature counts: the authority's public key, and where it came from. A key that came with the very things it
 * is to prove proves only that they belong together; whoever reads the result is told so.
 */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { fromHex, fromUtf8, toHex } from '../../ground/bytes.js';
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { MAX_AUTHORITY_FILE_BYTES, readAuthorityPublicKeys } from '../../firmware/trust/authority.js';
import { openElectionPackage } from '../../firmware/trust/election-package.js';
import { readBoundedFile } from '../bounded-file.js';

export type Trust =
  | { readonly source: 'given'; readonly authority: Uint8Array; readonly from: string }
  /** Out of a package that is itself being verified. */
  | { readonly source: 'package'; readonly authority: Uint8Array; readonly from: string }
  | { readonly source: 'none' };

const KEY_LINE = /^[0-9a-f]{64}$/;

/** `--authority`: a file with 64 hexadecimal digits, an authority key file, or a package's folder. */
export async function readAuthority(path: string): Promise<Result<Trust, readonly Problem[]>> {
  const from = basename(path);
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (isFolder) {
    const opened = await openElectionPackage(path);
    return opened.ok
      ? ok({ source: 'given', authority: opened.value.authority.signPublicKey, from })
      : opened;
  }
  const bytes = await readBoundedFile(path, MAX_AUTHORITY_FILE_BYTES);
  if (!bytes.ok) return err([bytes.error]);
  const text = fromUtf8(bytes.value, from);
  const line = text.ok ? text.value.trim().toLowerCase() : '';
  const key = KEY_LINE.test(line) ? fromHex(line, from) : undefined;
  if (key?.ok === true) return ok({ source: 'given', authority: key.value, from });
  const keys = readAuthorityPublicKeys(bytes.value, from);
  if (keys.ok) return ok({ source: 'given', authority: keys.value.signPublicKey, from });
  const reason = 'is neither 64 hexadecimal digits, nor an authority key, nor an election package';
  return err([problem('not-an-authority', from, '', reason)]);
}

/** What the reader of the result must know about its trust. */
export function trustSentences(trust: Trust): readonly string[] {
  switch (trust.source) {
    case 'given':
      return [`Authority: ${toHex(trust.authority)}, from ${trust.from}.`];
    case 'package':
      return [
        `Authority: ${toHex(trust.authority)}, as the package ${trust.from} itself names it.`,
        'No --authority was given: everything below is only as good as the place where that package came from.',
        'Compare the key with the one that the election office published.',
      ];
    case 'none':
      return [
        'Authority: NOT CHECKED. No --authority was given, and no election package that names one.',
        'Signatures were checked with the device key that came with them: that finds damage and changes, but not',
        'something that was made elsewhere as a whole. It is only as good as the place where it came from.',
      ];
  }
}
