/**
 * Who may do what, and what it takes: one table, tested cell by cell. Sources: handbook pages 20 to 30 (security key
 * and passcode at power-on; two inspectors of different parties open and close), design of trust; VVSG 2.0 11.2.1-C,
 * 11.3.1-B.
 */
import type { ElectionSettings } from '../../election-def/definition.js';

export type Role = 'poll-worker' | 'administrator' | 'technician';

export type Action =
  | 'power-on'
  | 'set-time'
  | 'open-polls'
  | 'pause-polls'
  | 'resume-polls'
  | 'close-polls'
  | 'print-copy'
  | 'cast-abandoned'
  | 'jam-cleared'
  | 'prepare-cards'
  | 'fill-card-a'
  | 'fill-card-b'
  | 'use-one-card'
  | 'export'
  | 'power-down';

export const actions: readonly Action[] = [
  'power-on',
  'set-time',
  'open-polls',
  'pause-polls',
  'resume-polls',
  'close-polls',
  'print-copy',
  'cast-abandoned',
  'jam-cleared',
  'prepare-cards',
  'fill-card-a',
  'fill-card-b',
  'use-one-card',
  'export',
  'power-down',
];

/** `key`: the security key alone, in front of voters; `key-and-passcode`: everything that changes polls or ballots. */
export type Proof = 'key' | 'key-and-passcode';

const needs: Readonly<Record<Action, { readonly roles: readonly Role[]; readonly proof: Proof }>> = {
  'power-on': { roles: ['poll-worker', 'administrator', 'technician'], proof: 'key-and-passcode' },
  'set-time': { roles: ['poll-worker', 'administrator'], proof: 'key-and-passcode' },
  'open-polls': { roles: ['poll-worker', 'administrator'], proof: 'key-and-passcode' },
  'pause-polls': { roles: ['poll-worker', 'administrator'], proof: 'key-and-passcode' },
  'resume-polls': { roles: ['poll-worker', 'administrator'], proof: 'key-and-passcode' },
  'close-polls': { roles: ['poll-worker', 'administrator'], proof: 'key-and-passcode' },
  'print-copy': { roles: ['poll-worker', 'administrator'], proof: 'key-and-passcode' },
  'cast-abandoned': { roles: ['poll-worker', 'administrator'], proof: 'key' },
  'jam-cleared': { roles: ['poll-worker', 'administrator', 'technician'], proof: 'key' },
  'prepare-cards': { roles: ['administrator'], proof: 'key-and-passcode' },
  'fill-card-a': { roles: ['administrator'], proof: 'key-and-passcode' },
  'fill-card-b': { roles: ['administrator'], proof: 'key-and-passcode' },
  'use-one-card': { roles: ['administrator'], proof: 'key-and-passcode' },
  export: { roles: ['administrator', 'poll-worker'], proof: 'key-and-passcode' },
  'power-down': { roles: ['poll-worker', 'administrator', 'technician'], proof: 'key-and-passcode' },
};

export function mayDo(role: Role, action: Action): boolean {
  return needs[action].roles.includes(role);
}

export function proofFor(action: Action): Proof {
  return needs[action].proof;
}

/** Done with the security key in the hand, without a passcode. */
export function mayDoWithKeyAlone(role: Role, action: Action): boolean {
  return mayDo(role, action) && proofFor(action) === 'key';
}

/** Whether a second security key, of another party, must be pressed as well. */
export function needsTwoKeys(action: Action, settings: ElectionSettings): boolean {
  switch (action) {
    case 'open-polls':
      return settings.twoKeys.openPolls;
    case 'close-polls':
      return settings.twoKeys.closePolls;
    case 'cast-abandoned':
      return settings.twoKeys.abandonedBallot;
    case 'power-on':
    case 'set-time':
    case 'pause-polls':
    case 'resume-polls':
    case 'print-copy':
    case 'jam-cleared':
    case 'prepare-cards':
    case 'fill-card-a':
    case 'fill-card-b':
    case 'use-one-card':
    case 'export':
    case 'power-down':
      return false;
  }
}
