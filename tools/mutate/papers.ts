/** What is read by itself: the audit log, tapes as text and as codes, certificates, keys, the device's anchor. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equalBytes, fromUtf8 } from '../../ground/bytes.js';
import { must } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { folderStore } from '../../drivers/memory-card/folder-store.js';
import { verifyLog } from '../../firmware/audit-log/verify.js';
import { readBox } from '../../firmware/ballot-box/open.js';
import { readAnchor } from '../../firmware/device-state/anchor.js';
import { tapeCodes } from '../../firmware/tapes/codes.js';
import { checkTape, openTape } from '../../firmware/tapes/read-tape.js';
import { tapeOfText, verifyTapeText } from '../../firmware/tapes/tape-text.js';
import { openAuthority } from '../../firmware/trust/authority.js';
import { readSecurityKey } from '../../firmware/trust/security-key.js';
import { isCertified } from '../../firmware/trust/verify/device-certificate.js';
import { valueOf } from '../bench/office.js';
import { UNFOUND, found, harmless, type Artefact, type Outcome } from './artefact.js';
import type { MutationDay } from './day.js';
import { changed, flipBit } from './operators.js';

const PASSPHRASE = 'a bench has nothing to hide';

export function auditLog(day: MutationDay): Artefact {
  const log = new Uint8Array(readFileSync(join(day.exportFolder, 'log/audit-log.jsonl')));
  const old = new Uint8Array(readFileSync(join(day.oldCards[0], 'audit-log.jsonl')));
  const { publicKey } = day.device;
  // The head that the export was signed with: what a tape or the device's anchor says.
  const { head } = verifyLog(log, publicKey, 'log');
  return {
    name: 'audit log, head known',
    weight: 20,
    attempt: (random) => {
      const { what, bytes } = random.chance(0.02)
        ? { what: 'an older copy', bytes: old }
        : changed(log, 'lines', random);
      const log2 = verifyLog(bytes, publicKey, 'log', head);
      const [wrong] = log2.problems;
      if (wrong !== undefined) return Promise.resolve({ what, outcome: found(wrong) });
      const half = log2.wholeBytes < bytes.length;
      return Promise.resolve({ what, outcome: half ? { is: 'found', how: 'log-half-line' } : UNFOUND });
    },
  };
}

export function tapeText(day: MutationDay): Artefact {
  const texts = ['zero', 'results'].map(
    (name) => new Uint8Array(readFileSync(join(day.exportFolder, `tapes/${name}.txt`))),
  );
  const authority = day.office.authority.signer.publicKey;
  return {
    name: 'tape as text',
    weight: 6,
    attempt: (random) => {
      const text = random.pick(texts);
      const { what, bytes } = changed(text, 'lines', random);
      return Promise.resolve({ what, outcome: judgeText(bytes, text, authority) });
    },
  };
}

function judgeText(bytes: Uint8Array, original: Uint8Array, authority: Uint8Array): Outcome {
  const text = fromUtf8(bytes, 'tape');
  if (!text.ok) return found(text.error);
  const read = verifyTapeText(text.value, authority, 'tape');
  if (!read.ok) return found(read.error);
  const before = valueOf(tapeOfText(valueOf(fromUtf8(original, 'tape')), 'tape'));
  if (read.value.tape.digest !== before.digest) return UNFOUND;
  // Every line was compared with the signed tape: only "COPY n" and "REPRINT" above it may be others.
  return harmless('COPY and REPRINT stand outside of what is signed');
}

export function tapeCodeSet(day: MutationDay): Artefact {
  const sets = ['zero', 'results'].map((name) => {
    const text = readFileSync(join(day.exportFolder, `tapes/${name}.txt`), 'utf8');
    return tapeCodes(valueOf(tapeOfText(text, name)));
  });
  const authority = day.office.authority.signer.publicKey;
  return {
    name: 'codes of a tape',
    weight: 35,
    attempt: (random) => {
      const set = random.pick(sets);
      const { what, codes } = changeCodes(set, sets, random);
      const sameCodes = equalSets(codes, set);
      const opened = openTape(codes, 'tape');
      const checked = opened.ok ? checkTape(opened.value, authority, 'tape') : opened;
      if (!checked.ok) return Promise.resolve({ what, outcome: found(checked.error) });
      const outcome = sameCodes ? harmless('codes may be read in any order, and twice') : UNFOUND;
      return Promise.resolve({ what, outcome });
    },
  };
}

function changeCodes(
  set: readonly string[],
  sets: readonly (readonly string[])[],
  random: SeededRandom,
): { what: string; codes: readonly string[] } {
  const at = random.integer(0, set.length - 1);
  const code = must(set[at], 'a code');
  const dice = random.next();
  if (dice < 0.85) {
    const { what, bytes } = changed(new Uint8Array(Buffer.from(code, 'latin1')), 'bytes', random);
    return { what: `code ${at + 1}: ${what}`, codes: set.with(at, Buffer.from(bytes).toString('latin1')) };
  }
  if (dice < 0.89) return { what: `code ${at + 1} missing`, codes: set.toSpliced(at, 1) };
  if (dice < 0.92) return { what: `code ${at + 1} twice`, codes: [...set, code] };
  if (dice < 0.94) return { what: 'in another order', codes: random.shuffle(set) };
  const other = must(random.pick(sets).at(-1), 'a code');
  return { what: `code ${at + 1} from another tape`, codes: set.with(at, other) };
}

function equalSets(one: readonly string[], two: readonly string[]): boolean {
  const [a, b] = [new Set(one), new Set(two)];
  return a.size === b.size && [...a].every((text) => b.has(text));
}

export function deviceCertificate(day: MutationDay): Artefact {
  const certificate = must(day.election.devices[0], 'a device');
  const authority = day.office.authority.signer.publicKey;
  return {
    name: 'device certificate',
    weight: 6,
    attempt: (random) => {
      const field = random.pick([
        'electionId',
        'definitionSha256',
        'mode',
        'serialNumber',
        'publicKey',
        'signature',
      ]);
      const text = (value: string): string =>
        Buffer.from(changed(Buffer.from(value), 'bytes', random).bytes).toString('latin1');
      const bytes = (value: Uint8Array): Uint8Array => flipBit(value, random).bytes;
      const other = {
        ...certificate,
        ...(field === 'electionId' ? { electionId: text(certificate.electionId) } : {}),
        ...(field === 'definitionSha256' ? { definitionSha256: bytes(certificate.definitionSha256) } : {}),
        ...(field === 'mode' ? { mode: 'test' as const } : {}),
        ...(field === 'serialNumber' ? { serialNumber: text(certificate.serialNumber) } : {}),
        ...(field === 'publicKey' ? { publicKey: bytes(certificate.publicKey) } : {}),
        ...(field === 'signature' ? { signature: bytes(certificate.signature) } : {}),
      };
      const outcome: Outcome = isCertified(other, authority)
        ? UNFOUND
        : { is: 'found', how: 'not-certified' };
      return Promise.resolve({ what: field, outcome });
    },
  };
}

export function securityKey(day: MutationDay): Artefact {
  const judge = {
    definition: day.election.definition,
    authority: day.election.authority,
    securityKeys: day.election.securityKeys,
  };
  return {
    name: 'security key',
    weight: 25,
    attempt: (random) => {
      const { what, bytes } = changed(random.pick(day.keys).bytes, 'bytes', random);
      const read = readSecurityKey(bytes, judge);
      return Promise.resolve({ what, outcome: read.ok ? UNFOUND : found(read.error) });
    },
  };
}

export function authorityFile(day: MutationDay): Artefact {
  const { authority, authorityFile: file } = day.office;
  return {
    name: "authority's key file",
    weight: 3,
    attempt: async (random) => {
      const { what, bytes } = changed(file, 'json', random);
      const opened = await openAuthority(bytes, PASSPHRASE);
      if (!opened.ok) return { what, outcome: found(opened.error) };
      const { signer, sealKeys } = opened.value;
      const same =
        equalBytes(signer.publicKey, authority.signer.publicKey) &&
        equalBytes(sealKeys.publicKey, authority.sealKeys.publicKey);
      return {
        what,
        outcome: same ? harmless('spaces and order of a JSON file that is not signed') : UNFOUND,
      };
    },
  };
}

export function deviceAnchor(day: MutationDay, work: string): Artefact {
  const folder = join(work, 'internal');
  mkdirSync(folder, { recursive: true });
  cpSync(join(day.internal, 'anchor'), join(folder, 'anchor'));
  const path = join(folder, 'anchor');
  const anchor = new Uint8Array(readFileSync(path));
  const old = new Uint8Array(readFileSync(join(day.oldInternal, 'anchor')));
  const store = folderStore(folder, 'internal storage');
  return {
    name: "device's anchor",
    weight: 6,
    attempt: async (random) => {
      const isOld = random.chance(0.02);
      const { what, bytes } = isOld
        ? { what: 'an older anchor', bytes: old }
        : changed(anchor, 'lines', random);
      writeFileSync(path, bytes);
      const read = await readAnchor(store, day.device.publicKey);
      if (!read.ok) return { what, outcome: found(read.error) };
      if (read.value === undefined) return { what, outcome: UNFOUND };
      // Genuine, but older: the box has gone on since.
      const [a, b] = day.cards;
      const { boxGeneration: generation, ballots: sheets } = read.value;
      const box = await readBox(
        { a: folderStore(a, 'memory card A'), b: folderStore(b, 'memory card B') },
        day.boxKey,
        {
          boxId: day.boxId,
          deviceSerial: day.election.devices[0]?.serialNumber ?? '',
          devicePublicKey: day.device.publicKey,
          anchor: { generation, sheets },
        },
      );
      if (!box.ok) return { what, outcome: found(box.error) };
      await box.value.close();
      return { what, outcome: UNFOUND };
    },
  };
}
