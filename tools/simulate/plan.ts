/**
 * A simulated day as data: which acts, and which faults strike in them and when. Everything else that chance decides
 * in an act is drawn from the act's own number, so an act that is left out changes no other one. That is what lets a
 * failing day be cut down to a short story.
 */
import { seededRandom, type SeededRandom } from '../../ground/seeded-random.js';

export const actNames = [
  'votes',
  'pushes-two-sheets',
  'only-into-the-mouth',
  'feeds-too-early',
  'abandons-the-ballot',
  'presses-anything',
  'inspector-at-the-menu',
  'wrong-passcode',
  'strange-key',
  'pauses',
  'powers-down',
  'unplugs',
  'swaps-a-card',
  'swaps-both-cards',
  'opens-doors',
  'drops-a-jam-into-the-bin',
  'keeps-a-counted-sheet',
] as const;
export type ActName = (typeof actNames)[number];

export const faultNames = [
  'power-cut',
  'jam',
  'jam-here',
  'rollers-slip',
  'second-sheet',
  'pulled-sheet',
  'sensor-stuck',
  'gate-stuck',
  'scan-head-dead',
  'counter-dead',
  'card-pulled',
  'card-broken',
  'card-read-only',
  'card-slow',
  'card-silent',
  'internal-broken',
  'clock-jump',
  'cover-opened',
  'door-opened',
  'keys-pressed',
  'security-key-pressed',
  'printer-paper-out',
  'printer-cover-open',
  'printer-dead',
] as const;
export type FaultName = (typeof faultNames)[number];

export interface PlannedFault {
  readonly name: FaultName;
  /** Strikes at the nth step of the machine, or the nth operation on a disk, since the act began. */
  readonly on: 'step' | 'disk';
  readonly nth: number;
}

export interface PlannedAct {
  /** Names what chance decides within it; never changes, whatever is left out before. */
  readonly number: number;
  readonly name: ActName;
  readonly faults: readonly PlannedFault[];
}

export interface DayPlan {
  readonly seed: string;
  /** Slots of the ballot box. */
  readonly slots: number;
  /** Faults while the cards are prepared and the polls opened, and while they are closed. */
  readonly opening: readonly PlannedFault[];
  readonly acts: readonly PlannedAct[];
  readonly closing: readonly PlannedFault[];
}

/** How often each act comes; voters above all. */
const WEIGHTS: Readonly<Record<ActName, number>> = {
  votes: 1_100,
  'pushes-two-sheets': 8,
  'only-into-the-mouth': 8,
  'feeds-too-early': 8,
  'abandons-the-ballot': 8,
  'presses-anything': 30,
  'inspector-at-the-menu': 8,
  'wrong-passcode': 4,
  'strange-key': 4,
  pauses: 3,
  'powers-down': 1,
  unplugs: 2,
  'swaps-a-card': 1,
  'swaps-both-cards': 0.5,
  'opens-doors': 6,
  'drops-a-jam-into-the-bin': 2,
  'keeps-a-counted-sheet': 2,
};
/** Faults of one kind in a hundred acts. */
const FAULTS_PER_HUNDRED_ACTS: Readonly<Record<FaultName, number>> = {
  'power-cut': 0.5,
  jam: 2,
  'jam-here': 1,
  'rollers-slip': 0.5,
  'second-sheet': 1,
  'pulled-sheet': 1,
  'sensor-stuck': 0.5,
  'gate-stuck': 0.5,
  'scan-head-dead': 0.5,
  'counter-dead': 0.1,
  'card-pulled': 0.1,
  'card-broken': 0.1,
  'card-read-only': 0.05,
  'card-slow': 0.3,
  'card-silent': 0.05,
  'internal-broken': 0.1,
  'clock-jump': 0.5,
  'cover-opened': 1,
  'door-opened': 0.5,
  'keys-pressed': 2,
  'security-key-pressed': 1,
  'printer-paper-out': 0,
  'printer-cover-open': 0,
  'printer-dead': 0,
};
/** While polls open or close something fails in so many days of a hundred. */
const FAULTS_PER_HUNDRED_OPENINGS: Readonly<Record<FaultName, number>> = {
  ...FAULTS_PER_HUNDRED_ACTS,
  'power-cut': 25,
  'card-pulled': 4,
  'card-broken': 4,
  'internal-broken': 2,
  'counter-dead': 2,
  'keys-pressed': 10,
  'printer-paper-out': 15,
  'printer-cover-open': 10,
  'printer-dead': 5,
};

/** A sheet takes some 35 steps of the machine and some 60 operations of its disks; opening and closing take more. */
const STEPS_OF_AN_ACT = 45;
const OPERATIONS_OF_AN_ACT = 80;

export function planDay(seed: string, acts: number): DayPlan {
  const random = seededRandom(`${seed}/plan`);
  return {
    seed,
    // Every act may feed a sheet, a few feed two, and a roll-back takes none.
    slots: acts + 40,
    opening: faultsAt(FAULTS_PER_HUNDRED_OPENINGS, 3, random),
    acts: Array.from({ length: acts }, (_, number) => ({
      number,
      name: weighted(random),
      faults: faultsAt(FAULTS_PER_HUNDRED_ACTS, 1, random),
    })),
    closing: faultsAt(FAULTS_PER_HUNDRED_OPENINGS, 3, random),
  };
}

const WHOLE_WEIGHT = Object.values(WEIGHTS).reduce((sum, weight) => sum + weight, 0);

function weighted(random: SeededRandom): ActName {
  let left = random.between(0, WHOLE_WEIGHT);
  for (const name of actNames) {
    left -= WEIGHTS[name];
    if (left < 0) return name;
  }
  return 'votes';
}

function faultsAt(
  perHundred: Readonly<Record<FaultName, number>>,
  longer: number,
  random: SeededRandom,
): readonly PlannedFault[] {
  const faults: PlannedFault[] = [];
  for (const name of faultNames) {
    if (!random.chance(perHundred[name] / 100)) continue;
    const on = random.chance(0.5) ? 'step' : 'disk';
    const most = longer * (on === 'step' ? STEPS_OF_AN_ACT : OPERATIONS_OF_AN_ACT);
    faults.push({ name, on, nth: random.integer(1, most) });
  }
  // Trouble does not come alone: now and then the power goes while another fault is dealt with, or twice.
  if (faults.length > 0 && random.chance(0.1)) {
    faults.push({ name: 'power-cut', on: 'disk', nth: random.integer(1, 2 * longer * OPERATIONS_OF_AN_ACT) });
  }
  return faults;
}
