/** The two kinds of signed folder, package and export: files changed, taken out, added, exchanged, linked, replayed. */
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../ground/result.js';
import type { SeededRandom } from '../../ground/seeded-random.js';
import { manifestBytes, readManifest } from '../../firmware/trust/manifest.js';
import { openElectionPackage } from '../../firmware/trust/election-package.js';
import { FIXED_TIME_SECONDS } from '../../firmware/trust/signed-folder.js';
import { sha256 } from '../../firmware/trust/symmetric.js';
import { valueOf } from '../bench/office.js';
import { checkExport } from '../verify/check-export.js';
import { UNFOUND, found, harmless, type Artefact, type Outcome, type Tried } from './artefact.js';
import type { MutationDay } from './day.js';
import { changed } from './operators.js';

const QUIET = { show: () => undefined, clear: () => undefined };
const OTHER_TIME = FIXED_TIME_SECONDS + 86_400;

/** Is everything as it was signed? The first thing that is wrong, or nothing. */
type Judge = (folder: string) => Promise<Problem | undefined>;

interface Change {
  readonly what: string;
  /** Undoes it. */
  readonly undo: () => void;
  /** Given when nothing signed is touched. */
  readonly why?: string;
}

export function signedPackage(day: MutationDay, work: string): Artefact {
  const { authority } = day.office;
  const judge: Judge = async (folder) => {
    const opened = await openElectionPackage(folder, authority.signer.publicKey);
    if (!opened.ok) return opened.error[0];
    // What the device pinned when the package was loaded: another one, however genuine, is another.
    if (opened.value.packageSha256 === day.election.packageSha256) return undefined;
    return { code: 'other-package', where: folder, path: '', reason: 'is not the package that was loaded' };
  };
  const folder = copied(day.packageFolder, join(work, 'package'));
  return folderArtefact('package folder', 14, folder, day.otherPackage, judge);
}

export function signedExport(day: MutationDay, work: string): Artefact {
  const folder = copied(day.exportFolder, join(work, 'export'));
  return folderArtefact('export folder', 12, folder, day.laterExport, exportJudge(day));
}

function exportJudge(day: MutationDay): Judge {
  return async (folder) => {
    const { findings } = await checkExport(folder, 'export', day.office.authority.signer.publicKey, QUIET);
    return findings.wrong[0];
  };
}

function folderArtefact(name: string, weight: number, folder: string, other: string, judge: Judge): Artefact {
  const files = filesOf(folder);
  return {
    name,
    weight,
    attempt: async (random) => {
      const change = random.chance(0.85)
        ? changeFile(folder, random.pick(files), random)
        : changeFolder(folder, other, files, random);
      try {
        const wrong = await judge(folder);
        return { what: change.what, outcome: outcomeOf(wrong, change.why) };
      } finally {
        change.undo();
      }
    },
  };
}

function outcomeOf(wrong: Problem | undefined, why: string | undefined): Outcome {
  if (wrong !== undefined) return found(wrong);
  return why === undefined ? UNFOUND : harmless(why);
}

function changeFile(folder: string, name: string, random: SeededRandom): Change {
  const path = join(folder, name);
  const before = readFileSync(path);
  const { what, bytes } = changed(before, name.endsWith('.json') ? 'json' : 'bytes', random);
  writeFileSync(path, bytes);
  // A forger sets the time back; otherwise that alone would be found.
  settle(path);
  return { what: `${name}: ${what}`, undo: () => restore(path, before) };
}

function changeFolder(folder: string, other: string, files: readonly string[], random: SeededRandom): Change {
  const [one, two] = [random.pick(files), random.pick(files)];
  const path = join(folder, one);
  const before = readFileSync(path);
  const undo = (): void => {
    rmSync(path, { force: true });
    restore(path, before);
  };
  const kinds: readonly (() => Change)[] = [
    () => {
      rmSync(path);
      return { what: `${one} taken out`, undo };
    },
    () => {
      const added = join(folder, random.pick(['extra.json', '.hidden', 'zz']));
      writeFileSync(added, before);
      return { what: `${added} put in`, undo: () => rmSync(added) };
    },
    () => {
      const second = join(folder, two);
      const after = readFileSync(second);
      if (before.equals(after)) return touched(path, one, before, false);
      restore(path, after);
      restore(second, before);
      return {
        what: `${one} and ${two} exchanged`,
        undo: () => {
          restore(path, before);
          restore(second, after);
        },
      };
    },
    () => {
      renameSync(path, `${folder}.elsewhere`);
      symlinkSync(`${folder}.elsewhere`, path);
      return { what: `${one} is a link`, undo };
    },
    () => replayed(folder, other, random),
    () => touched(path, one, before, folder.endsWith('export')),
    () => {
      for (const name of files) utimesSync(join(folder, name), OTHER_TIME, OTHER_TIME);
      return {
        what: 'every file has another time',
        why: 'file times are not signed: a copy may have others',
        undo: () => files.forEach((name) => settle(join(folder, name))),
      };
    },
  ];
  return random.pick(kinds)();
}

/** One file's time alone: in an export that is found, in a package it says nothing. */
function touched(path: string, name: string, before: Uint8Array, isFound: boolean): Change {
  utimesSync(path, OTHER_TIME, OTHER_TIME);
  const undo = (): void => restore(path, before);
  const what = `${name} has another time`;
  return isFound ? { what, undo } : { what, undo, why: 'file times are not signed: a copy may have others' };
}

/** Manifest and signature of another genuine folder, or one of the two. */
function replayed(folder: string, other: string, random: SeededRandom): Change {
  const names = random.pick([['manifest.json'], ['manifest.sig'], ['manifest.json', 'manifest.sig']]);
  const kept = names.map((name) => readFileSync(join(folder, name)));
  for (const name of names) restore(join(folder, name), readFileSync(join(other, name)));
  return {
    what: `${names.join(' and ')} of another genuine folder`,
    undo: () => names.forEach((name, i) => restore(join(folder, name), kept[i] ?? new Uint8Array())),
  };
}

/** A record or image changed and the manifest signed anew by the device: each ballot's own signature must find it. */
export function resignedExport(day: MutationDay, work: string): Artefact {
  const folder = copied(day.exportFolder, join(work, 'resigned'));
  const files = filesOf(folder).filter((name) => /^(records|images)\//.test(name));
  const judge = exportJudge(day);
  const [manifestPath, signaturePath] = [join(folder, 'manifest.json'), join(folder, 'manifest.sig')];
  const kept = [readFileSync(manifestPath), readFileSync(signaturePath)] as const;
  const manifest = valueOf(readManifest(kept[0], 'export', 'manifest.json'));
  return {
    name: 'ballots in an export, manifest signed anew',
    weight: 1,
    attempt: async (random): Promise<Tried> => {
      const name = random.pick(files);
      const change = changeFile(folder, name, random);
      const bytes = new Uint8Array(readFileSync(join(folder, name)));
      const listed = manifest.files.map((file) =>
        file.name === name ? { name, bytes: bytes.length, sha256: sha256(bytes) } : file,
      );
      const signed = manifestBytes({ ...manifest, files: listed });
      restore(manifestPath, signed);
      restore(signaturePath, day.device.sign('export', signed));
      try {
        return { what: change.what, outcome: outcomeOf(await judge(folder), undefined) };
      } finally {
        change.undo();
        restore(manifestPath, kept[0]);
        restore(signaturePath, kept[1]);
      }
    },
  };
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function copied(from: string, to: string): string {
  mkdirSync(join(to, '..'), { recursive: true });
  cpSync(from, to, { recursive: true, preserveTimestamps: true });
  return to;
}

function restore(path: string, bytes: Uint8Array): void {
  writeFileSync(path, bytes);
  settle(path);
}

function settle(path: string): void {
  utimesSync(path, FIXED_TIME_SECONDS, FIXED_TIME_SECONDS);
}
