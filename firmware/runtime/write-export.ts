/**
 * The export on the administrator's word: a new signed folder on the third medium, named by election, device and a
 * number of its own; an older one is never touched.
 */
import { join } from 'node:path';
import { err, problem, ok, type Result } from '../../ground/result.js';
import type { Cabinet, Clock } from '../../drivers/ports.js';
import type { BallotBox } from '../ballot-box/box.js';
import type { DeviceIdentity } from '../device-state/identity.js';
import { exportElection, type ExportRequest } from '../records/export.js';
import type { Totals } from '../records/totals-types.js';
import { logFiles } from '../audit-log/log-files.js';
import { deviceCertificate, type ElectionPackage } from '../trust/election-package.js';
import type { AnchorKeeper } from './anchor-keeper.js';
import type { LogDesk } from './log-desk.js';
import { MAX_TAPE_TEXT_BYTES, tapeFileName, type TapeDesk } from './tape-desk.js';

/** Exports of one election on one medium. */
const EXPORTS_MAX = 99;

export interface ExportParts {
  readonly cabinet: Cabinet;
  readonly clock: Pick<Clock, 'wallTime'>;
  readonly identity: DeviceIdentity;
  readonly election: ElectionPackage;
  readonly anchor: AnchorKeeper;
  readonly box: BallotBox;
  readonly totals: Totals;
  readonly log: LogDesk;
  readonly tapes: TapeDesk;
}

export async function writeExport(parts: ExportParts): Promise<Result<void>> {
  const { cabinet, identity, election, box, totals } = parts;
  const medium = cabinet.exportPort.directory();
  if (medium === undefined) {
    return err(problem('no-medium', 'export', '', 'there is no medium in the administrator’s port'));
  }
  const certificate = deviceCertificate(election, identity.serialNumber, identity.signer.publicKey);
  if (!certificate.ok) return certificate;
  const otherFiles = await tapesAndLog(parts);
  if (!otherFiles.ok) return otherFiles;
  const name = `${election.definition.id}-${election.mode}-${identity.serialNumber.toLowerCase()}`;
  for (let number = 1; number <= EXPORTS_MAX; number++) {
    const written = await exportElection({
      directory: join(medium, `${name}-${number}`),
      box: box.header,
      ballots: () => box.readAll(),
      sheets: totals.sheets,
      election,
      softwareVersion: parts.tapes.softwareSha256,
      generatedDate: `${parts.clock.wallTime()}${election.definition.utcOffset}`,
      otherFiles: otherFiles.value,
      by: { signer: identity.signer, certificate: certificate.value },
    });
    if (written.ok) return ok(undefined);
    if (written.error.code !== 'already-there') return written;
  }
  return err(
    problem(
      'medium-full',
      'export',
      '',
      `there are ${EXPORTS_MAX} exports of this election on the medium already`,
    ),
  );
}

async function tapesAndLog(parts: ExportParts): Promise<Result<ExportRequest['otherFiles']>> {
  const { cabinet, log } = parts;
  const files: { name: string; bytes: Uint8Array }[] = [];
  for (const type of ['zero', 'results'] as const) {
    const text = await cabinet.internal.read(tapeFileName(type), MAX_TAPE_TEXT_BYTES);
    if (!text.ok) return text;
    files.push({ name: `tapes/${type}.txt`, bytes: text.value });
  }
  const whole = await log.readAll();
  if (!whole.ok) return whole;
  const { definition } = parts.election;
  const inExport = logFiles(whole.value, {
    electionId: definition.id,
    deviceSerial: parts.identity.serialNumber,
    utcOffset: definition.utcOffset,
    simulated: cabinet.simulated,
  });
  return inExport.ok ? ok([...files, ...inExport.value]) : inExport;
}
