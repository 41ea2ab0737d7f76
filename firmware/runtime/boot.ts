/**
 * Power on: from a cabinet to a running machine. What the device remembers is read and checked, the election package
 * is opened and held against it, the log is compared, and only then does the machine hear its first fact.
 *
 * A device whose own memory or log is damaged does not start; the problems say what is wrong. A package that is
 * refused leaves a machine without an election, and the display says why.
 */
import { join } from 'node:path';
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { withTimeLimit } from '../../drivers/memory-card/time-limit.js';
import type { Cabinet, Clock, FileStore, RandomSource, SensorName } from '../../drivers/ports.js';
import { PAPER_HEIGHT_MM } from '../../election-def/page-frame.js';
import { EarlyFaults } from '../../vision/early-faults.js';
import { AuditLog, type LogEvent } from '../audit-log/log.js';
import type { EncodePage } from '../ballot-box/fit-images.js';
import { destroyKeyWraps } from '../ballot-box/key-wraps.js';
import { readAnchor, type Anchor } from '../device-state/anchor.js';
import { readIdentity, type DeviceIdentity } from '../device-state/identity.js';
import { readLoadedElection, type LoadedElection } from '../device-state/loaded-election.js';
import { openPasscodeTries } from '../device-state/passcode-tries.js';
import type { StartFacts } from '../machine/input.js';
import { deviceCertificate, openElectionPackage, type ElectionPackage } from '../trust/election-package.js';
import type { PasswordHash } from '../trust/password.js';
import { AnchorKeeper } from './anchor-keeper.js';
import { BoxDesk } from './box-desk.js';
import { KeyDesk } from './key-desk.js';
import { encodePageJpeg } from './image-encoding.js';
import { freshAnchor } from './load-election.js';
import { LoadedElectionKeeper } from './loaded-election-keeper.js';
import { LogDesk } from './log-desk.js';
import { Runtime } from './loop.js';
import { PageStore, type SheetReader } from './page-store.js';
import { nextTurn } from './ports.js';
import { TapeDesk } from './tape-desk.js';

export interface BootParts {
  readonly cabinet: Cabinet;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Where the device keeps election packages. */
  readonly packagesDirectory: string;
  readonly softwareSha256: string;
  /** Starts the reader of this election's ballots. */
  readonly startReader: (election: ElectionPackage) => Promise<Result<SheetReader>>;
  /** How passcodes are hashed; a simulation may bring its own. */
  readonly passwordHash: PasswordHash;
  /** Runs what takes real time of its own (hashing, image encoding, exporting). */
  readonly work: <T>(work: () => Promise<T>) => Promise<T>;
  readonly powerDown: () => void;
  /** For small boxes in tests; the box's own defaults otherwise. */
  readonly slotCount?: number;
  readonly headBytes?: number;
  readonly bodyBytes?: number;
  /** How a page becomes an image; as JPEG when not given. */
  readonly encodePage?: EncodePage;
}

export async function boot(given: BootParts): Promise<Result<Runtime, readonly Problem[]>> {
  const { a, b } = given.cabinet.cards;
  const cards = { a: withTimeLimit(a, given.clock), b: withTimeLimit(b, given.clock) };
  const parts = { ...given, cabinet: { ...given.cabinet, cards } };
  const { cabinet, clock } = parts;
  const { internal, serialNumber } = cabinet;
  const identity = await readIdentity(internal, serialNumber);
  if (!identity.ok) return err([identity.error]);
  const anchor = await readAnchor(internal, identity.value.signer.publicKey);
  if (!anchor.ok) return err([anchor.error]);
  const loaded = await readLoadedElection(internal);
  if (!loaded.ok) return err([loaded.error]);
  const tries = await openPasscodeTries(internal, clock.nowMs());
  if (!tries.ok) return err([tries.error]);
  const auditLog = await openLog(parts, identity.value, anchor.value);
  if (!auditLog.ok) return auditLog;

  const election = await openLoaded(parts, identity.value, loaded.value);
  const log = new LogDesk(auditLog.value);
  const told = await logStart(log, auditLog.value.wasShutDown, parts.softwareSha256, election);
  if (!told.ok) return err([told.error]);
  const opened = election.ok ? election.value : undefined;
  if (anchor.value?.polls === 'closed') await letGoOfWraps(parts, log, loaded.value?.boxId);
  const reader = opened === undefined ? undefined : await parts.startReader(opened);
  if (reader !== undefined && !reader.ok) return err([reader.error]);

  const anchors = new AnchorKeeper(internal, identity.value.signer, anchor.value ?? freshAnchor(undefined));
  const early = opened === undefined ? undefined : earlyFaultsFor(opened, cabinet);
  const pages = new PageStore(
    cabinet.scanHead,
    () => reader?.value,
    early,
    () => box.bodyBytes(),
    parts.encodePage ?? encodePageJpeg,
  );
  const keys = new KeyDesk(cabinet.keyReader, () => opened, tries.value, clock, parts.passwordHash);
  const tapes = new TapeDesk({
    cabinet,
    clock,
    identity: identity.value,
    election: opened,
    softwareSha256: parts.softwareSha256,
    anchor: anchors,
    log,
  });
  const box: BoxDesk = new BoxDesk({
    cabinet,
    clock,
    random: parts.random,
    identity: identity.value,
    election: opened,
    loaded: new LoadedElectionKeeper(internal, loaded.value),
    anchor: anchors,
    log,
    keys,
    pages,
    tapes,
    work: parts.work,
    slotCount: parts.slotCount,
    headBytes: parts.headBytes,
    bodyBytes: parts.bodyBytes,
  });
  const start = startFacts(cabinet, election, anchors.now);
  const runtime = new Runtime({
    cabinet,
    clock,
    start,
    keys,
    pages,
    box,
    tapes,
    log,
    powerDown: () => {
      void reader?.value.close();
      parts.powerDown();
    },
  });
  runtime.start();
  return ok(runtime);
}

function earlyFaultsFor({ layouts }: ElectionPackage, { path }: Cabinet): EarlyFaults {
  return new EarlyFaults({
    beyondPaperMm: path.entryToHoldMm,
    longestPaperMm: Math.max(...layouts.map(({ paper }) => PAPER_HEIGHT_MM[paper])),
  });
}

/** After closing no security key opens the box; a power cut may have come before that was done on every card. */
async function letGoOfWraps(parts: BootParts, log: LogDesk, boxId: string | undefined): Promise<void> {
  if (boxId === undefined) return;
  const [a, b] = [parts.cabinet.cards.a.store(), parts.cabinet.cards.b.store()];
  const stores = { ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) };
  const done = await destroyKeyWraps(stores, boxId, parts.random);
  if (!done.ok) await log.append({ code: 'card-failed', details: done.error.reason });
}

/**
 * All copies that say the same; a card whose log is another one's stays out here, and its ballot box is then refused
 * with the reason (`box-desk.ts`).
 */
async function openLog(
  parts: BootParts,
  identity: DeviceIdentity,
  anchor: Anchor | undefined,
): Promise<Result<AuditLog, readonly Problem[]>> {
  const { cabinet, clock } = parts;
  const cards = [cabinet.cards.a.store(), cabinet.cards.b.store()].filter((store) => store !== undefined);
  const open = (stores: readonly FileStore[]): Promise<Result<AuditLog, readonly Problem[]>> =>
    AuditLog.open({
      stores,
      signer: identity.signer,
      clock,
      serialNumber: identity.serialNumber,
      simulated: cabinet.simulated,
      breathe: nextTurn,
      ...(anchor === undefined ? {} : { anchor: { entries: anchor.logEntries, hash: anchor.logHead } }),
    });
  const all = await open([cabinet.internal, ...cards]);
  if (all.ok || !all.error.some(({ code }) => code === 'log-diverged')) return all;
  return open([cabinet.internal]);
}

/** The loaded election, if it is still the one that was loaded and this device is one of its own. */
async function openLoaded(
  parts: BootParts,
  identity: DeviceIdentity,
  loaded: LoadedElection | undefined,
): Promise<Result<ElectionPackage>> {
  if (loaded === undefined) return err(problem('no-election', 'device', '', 'no election was loaded yet'));
  const directory = join(parts.packagesDirectory, loaded.directoryName);
  const opened = await parts.work(() => openElectionPackage(directory, identity.authorityPublicKey));
  if (!opened.ok)
    return err(opened.error[0] ?? problem('unreadable', loaded.directoryName, '', 'cannot be read'));
  if (opened.value.packageSha256 !== loaded.packageSha256) {
    return err(problem('other-package', loaded.directoryName, '', 'is not the package that was loaded'));
  }
  const certificate = deviceCertificate(opened.value, identity.serialNumber, identity.signer.publicKey);
  return certificate.ok ? opened : certificate;
}

const CHECKED_AT_START = 'memory of the device, audit log, election package';

async function logStart(
  log: LogDesk,
  wasShutDown: boolean,
  softwareSha256: string,
  election: Result<ElectionPackage>,
): Promise<Result<void>> {
  const entries: readonly LogEvent[] = [
    ...(wasShutDown ? [] : [{ code: 'power-lost' as const }]),
    { code: 'power-on' as const },
    { code: 'software-identified' as const, details: softwareSha256 },
    election.ok
      ? {
          code: 'election-loaded' as const,
          details: `${election.value.mode} ${election.value.packageSha256}`,
        }
      : { code: 'election-refused' as const, details: election.error.reason.slice(0, 200) },
    // Whatever is wrong with the device's own memory or its log stops the start before this.
    ...(election.ok ? [{ code: 'start-up-check-passed' as const, details: CHECKED_AT_START }] : []),
  ];
  for (const entry of entries) {
    const written = await log.append(entry);
    if (!written.ok) return written;
  }
  return ok(undefined);
}

const sensorNames: readonly SensorName[] = [
  'mouth',
  'entry',
  'path',
  'exit',
  'multi-sheet',
  'cover-open',
  'ballot-box-door-open',
];

function startFacts(cabinet: Cabinet, election: Result<ElectionPackage>, anchor: Anchor): StartFacts {
  const levels = Object.fromEntries(sensorNames.map((name) => [name, cabinet.sensors.level(name)]));
  return {
    serialNumber: cabinet.serialNumber,
    simulated: cabinet.simulated,
    geometry: cabinet.path,
    election: election.ok ? election.value : undefined,
    electionRefused: election.ok ? undefined : election.error.reason,
    polls: anchor.polls,
    levels: levels as StartFacts['levels'],
    cardsPresent: {
      a: cabinet.cards.a.store() !== undefined,
      b: cabinet.cards.b.store() !== undefined,
    },
  };
}
