/**
 * What must hold between the parts of an election package, asked when it is built and again when it is loaded: the
 * polling place exists, the ballots laid out are those cast there, and with its security keys the election can be
 * held (handbook pages 4, 20 and 26: two inspectors of different parties).
 */
import { problem, type Problem } from '../../ground/result.js';
import type { ElectionDefinition } from '../../election-def/definition.js';
import type { BallotLayout } from '../../election-def/layout-types.js';
import { ballotsOf } from '../../election-def/styles.js';
import { isSealPublicKey } from './keys.js';
import type { ListedSecurityKey } from './security-key.js';
import { PUBLIC_KEY_BYTES } from './verify/signature.js';

export interface PackageContent {
  readonly pollingPlaceId: string;
  readonly securityKeys: readonly ListedSecurityKey[];
  readonly devices: readonly { readonly serialNumber: string; readonly publicKey: Uint8Array }[];
}

/** The precincts served at a polling place, in the definition's order; none for an unknown place. */
export function precinctsOf(definition: ElectionDefinition, pollingPlaceId: string): readonly string[] {
  const place = definition.pollingPlaces.find(({ id }) => id === pollingPlaceId);
  if (place === undefined) return [];
  return definition.precincts.map(({ id }) => id).filter((id) => place.precinctIds.includes(id));
}

export function packageContentProblems(
  definition: ElectionDefinition,
  content: PackageContent,
  where: string,
): readonly Problem[] {
  const problems: Problem[] = [];
  if (!definition.pollingPlaces.some(({ id }) => id === content.pollingPlaceId)) {
    const reason = `"${content.pollingPlaceId}" is not a polling place of the election`;
    problems.push(problem('unknown-polling-place', where, 'pollingPlaceId', reason));
  }
  problems.push(...deviceProblems(content.devices, where));
  problems.push(...keyProblems(definition, content.securityKeys, where));
  return problems;
}

/** The ballots of the polling place, each once, in the definition's order, and no others. */
export function layoutProblems(
  definition: ElectionDefinition,
  precinctIds: readonly string[],
  layouts: readonly BallotLayout[],
  where: string,
): readonly Problem[] {
  const wanted = ballotsOf(definition)
    .filter(({ precinct }) => precinctIds.includes(precinct.id))
    .map(({ style, precinct }) => `${style.id} ${style.number} ${precinct.id} ${precinct.number}`);
  const found = layouts.map(
    (layout) => `${layout.styleId} ${layout.styleNumber} ${layout.precinctId} ${layout.precinctNumber}`,
  );
  if (wanted.length === found.length && wanted.every((ballot, i) => ballot === found[i])) return [];
  return [problem('layouts-differ', where, 'layouts.json', 'are not the ballots of this polling place')];
}

function deviceProblems(devices: PackageContent['devices'], where: string): readonly Problem[] {
  const problems: Problem[] = [];
  if (devices.length === 0) problems.push(problem('no-device', where, 'devices', 'must list a device'));
  const serials = devices.map((device) => device.serialNumber);
  for (const [i, device] of devices.entries()) {
    if (serials.indexOf(device.serialNumber) !== i) {
      problems.push(problem('listed-twice', where, `devices[${i}]`, `lists ${device.serialNumber} again`));
    }
    if (device.publicKey.length !== PUBLIC_KEY_BYTES) {
      problems.push(problem('bad-key', where, `devices[${i}].publicKey`, 'must have 32 bytes'));
    }
  }
  return problems;
}

function keyProblems(
  definition: ElectionDefinition,
  keys: readonly ListedSecurityKey[],
  where: string,
): readonly Problem[] {
  const problems: Problem[] = [];
  const serials = keys.map((key) => key.serial);
  const partyIds = definition.parties.map((party) => party.id);
  for (const [i, key] of keys.entries()) {
    if (serials.indexOf(key.serial) !== i) {
      problems.push(problem('listed-twice', where, `securityKeys[${i}]`, `lists ${key.serial} again`));
    }
    if (key.party !== undefined && !partyIds.includes(key.party)) {
      const reason = `"${key.party}" is not a party of the election`;
      problems.push(problem('unknown-party', where, `securityKeys[${i}].party`, reason));
    }
    if (!isSealPublicKey(key.sealPublicKey)) {
      const reason = 'must be an X25519 public key';
      problems.push(problem('bad-key', where, `securityKeys[${i}].sealPublicKey`, reason));
    }
  }
  const must = (holds: boolean, reason: string): void => {
    if (!holds) problems.push(problem('keys-missing', where, 'securityKeys', reason));
  };
  must(
    keys.some((key) => key.role === 'administrator'),
    'must list an administrator',
  );
  must(
    keys.some((key) => key.role === 'poll-worker'),
    'must list a poll worker',
  );
  const { openPolls, closePolls, abandonedBallot } = definition.settings.twoKeys;
  if (openPolls || closePolls || abandonedBallot) {
    const parties = keys.flatMap((key) => (key.role === 'poll-worker' && key.party ? [key.party] : []));
    const reason = 'must list poll workers of two parties, because the election asks for two keys';
    must(new Set(parties).size >= 2, reason);
  }
  return problems;
}
