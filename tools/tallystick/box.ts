/** What the verbs of `tallystick box` share: an option, and how a box is named. */
import type { BoxHeader } from '../../firmware/ballot-box/format.js';
import { ok, err, problem, type Result } from '../../ground/result.js';
import type { VerbArguments } from './command.js';

export type BoxOnCards = Pick<
  BoxHeader,
  'boxId' | 'electionId' | 'deviceSerial' | 'mode' | 'simulated' | 'slotCount'
>;

export function boxOnCards(header: BoxHeader): BoxOnCards {
  const { boxId, electionId, deviceSerial, mode, simulated, slotCount } = header;
  return { boxId, electionId, deviceSerial, mode, simulated, slotCount };
}

export function boxLine(box: BoxOnCards): string {
  const simulated = box.simulated ? ', SIMULATED' : '';
  return `Ballot box ${box.boxId} of ${box.electionId}, device ${box.deviceSerial}, ${box.mode}${simulated}`;
}

/** `--device-key`, or nothing when it was not given. */
export function readDeviceKey(args: VerbArguments): Result<string | undefined> {
  const deviceKey = args.one('device-key');
  if (deviceKey === undefined || /^[0-9a-f]{64}$/.test(deviceKey)) return ok(deviceKey);
  return err(problem('usage', '--device-key', '', 'must have 64 lower-case hexadecimal digits'));
}
