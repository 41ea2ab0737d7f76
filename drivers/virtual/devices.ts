/**
 * The devices beside the paper path, each as a thing that outlives a power cut (a gate has a position, a counter a
 * value, a slot a card) and as the driver by which one running program uses it.
 */
import { assert, err, ok, problem, type Result } from '../../ground/result.js';
import type {
  Beeper,
  Bin,
  CardId,
  DiverterGate,
  FeedMotor,
  FileStore,
  MemoryCardExport,
  MemoryCardSlot,
  ProtectiveCounter,
  SecurityKeyReader,
  SensorName,
  Sensors,
  SoundName,
} from '../ports.js';
import type { PaperPath } from './paper-path.js';
import { attachedStore, type PowerRail } from './power.js';

/** More sounds than this a cabinet does not remember; the oldest are forgotten. */
const MAX_SOUNDS = 1_000;

// ---- sensors -----------------------------------------------------------------------------------------------------

/** In the order in which a sheet that comes in reaches them. */
const SENSOR_ORDER: readonly SensorName[] = [
  'mouth',
  'entry',
  'multi-sheet',
  'path',
  'exit',
  'cover-open',
  'ballot-box-door-open',
];

/** Turns what is physically so into edges, each level known to the program no sooner than its edge. */
export class VirtualSensors {
  readonly #stuck = new Map<SensorName, boolean>();
  readonly #noted = new Map<SensorName, boolean>();
  readonly #reported = new Map<SensorName, boolean>();
  readonly #edges: { readonly sensor: SensorName; readonly covered: boolean }[] = [];
  #listener: ((sensor: SensorName, covered: boolean) => void) | undefined;
  #telling = false;

  constructor(readonly physicalLevel: (sensor: SensorName) => boolean) {}

  /** A fault: the sensor keeps this level whatever passes; `undefined` heals it. Call `tell` after. */
  stick(sensor: SensorName, level: boolean | undefined): void {
    if (level === undefined) this.#stuck.delete(sensor);
    else this.#stuck.set(sensor, level);
    this.note('exit');
  }

  /** Looks at all sensors and keeps what changed, in the order in which moving paper reaches them. */
  note(towards: 'exit' | 'mouth'): void {
    const order = towards === 'exit' ? SENSOR_ORDER : [...SENSOR_ORDER].reverse();
    for (const sensor of order) {
      const covered = this.#stuck.get(sensor) ?? this.physicalLevel(sensor);
      if (covered === (this.#noted.get(sensor) ?? false)) continue;
      this.#noted.set(sensor, covered);
      this.#edges.push({ sensor, covered });
    }
  }

  /** Reports what was kept. A listener may start the next motion; its edges follow in order. */
  tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let edge = this.#edges.shift(); edge !== undefined; edge = this.#edges.shift()) {
        this.#reported.set(edge.sensor, edge.covered);
        this.#listener?.(edge.sensor, edge.covered);
      }
    } finally {
      this.#telling = false;
    }
  }

  powerLost(): void {
    this.#listener = undefined;
  }

  driver(rail: PowerRail): Sensors {
    return {
      level: (sensor) => rail.on && (this.#reported.get(sensor) ?? false),
      onEdge: (listener) => {
        if (rail.on) this.#listener = listener;
      },
    };
  }
}

// ---- motor and gate ----------------------------------------------------------------------------------------------

export function virtualMotor(path: PaperPath, longestMoveMm: number, rail: PowerRail): FeedMotor {
  const refused = (code: string, reason: string) => err(problem(code, 'feed motor', '', reason));
  return {
    move: (direction, distanceMm) =>
      rail.whilePowered(() => {
        if (!(distanceMm > 0 && distanceMm <= longestMoveMm)) {
          const reason = `a move of ${distanceMm} mm is not within its bound of ${longestMoveMm} mm`;
          return Promise.resolve(refused('move-out-of-bounds', reason));
        }
        if (path.running) return Promise.resolve(refused('motor-busy', 'is moving already'));
        return new Promise((resolve) => path.roll(direction, distanceMm, (end) => resolve(ok(end))));
      }),
    stop: () => {
      if (rail.on) path.stop();
    },
  };
}

/** Until the gate has arrived, paper falls into the bin from which it turns. */
export class VirtualGate {
  /** A fault: the gate does not leave its place. */
  stuck = false;
  #bin: Bin = 'main';
  #confirmed = true;
  #turning = false;

  constructor(
    readonly turnMs: number,
    readonly confirmWithinMs: number,
  ) {}

  get bin(): Bin {
    return this.#bin;
  }

  /** What the position switch says. */
  get confirmed(): boolean {
    return this.#confirmed;
  }

  powerLost(): void {
    this.#turning = false;
  }

  driver(rail: PowerRail): DiverterGate {
    return { turn: (to) => rail.whilePowered(() => this.#turn(to, rail)) };
  }

  async #turn(to: Bin, rail: PowerRail): Promise<Result<void>> {
    const failed = (code: string, reason: string) => err(problem(code, 'diverter gate', '', reason));
    if (this.#turning) return failed('gate-busy', 'is turning already');
    if (this.#confirmed && this.#bin === to) return ok(undefined);
    this.#confirmed = false;
    this.#turning = true;
    await rail.delay(this.turnMs);
    if (!this.stuck) {
      this.#bin = to;
      this.#confirmed = true;
    } else {
      await rail.delay(this.confirmWithinMs - this.turnMs);
    }
    this.#turning = false;
    if (this.#confirmed) return ok(undefined);
    return failed('gate-not-confirmed', `did not reach the ${to} bin within ${this.confirmWithinMs} ms`);
  }
}

// ---- counter, key, sounds ----------------------------------------------------------------------------------------

export class VirtualCounter {
  /** A fault: it neither reads nor writes. */
  failing = false;
  #value: number;

  constructor(
    readonly writeMs: number,
    startValue: number,
  ) {
    assert(Number.isSafeInteger(startValue) && startValue >= 0, `not a count: ${startValue}`);
    this.#value = startValue;
  }

  /** What stands in it, for watchers from outside. */
  get value(): number {
    return this.#value;
  }

  driver(rail: PowerRail): ProtectiveCounter {
    const failed = (code: string, reason: string) => err(problem(code, 'protective counter', '', reason));
    return {
      read: () =>
        rail.whilePowered(() =>
          Promise.resolve(this.failing ? failed('counter-failed', 'does not answer') : ok(this.#value)),
        ),
      raiseTo: (value) =>
        rail.whilePowered(async () => {
          // The cell changes half-way: a power cut finds the old value or the new one, never another.
          await rail.delay(this.writeMs / 2);
          if (this.failing) return failed('counter-failed', 'does not answer');
          if (value !== this.#value && value !== this.#value + 1) {
            return failed('counter-refused', `stands at ${this.#value} and cannot be set to ${value}`);
          }
          this.#value = value;
          await rail.delay(this.writeMs / 2);
          return ok(undefined);
        }),
    };
  }
}

export class VirtualKeyReader {
  #key: Uint8Array | undefined;
  #listener: ((present: boolean) => void) | undefined;

  /** Somebody presses a key against the reader, or takes it away. */
  hold(key: Uint8Array | undefined): void {
    const changed = (key === undefined) !== (this.#key === undefined);
    this.#key = key;
    if (changed) this.#listener?.(key !== undefined);
  }

  powerLost(): void {
    this.#listener = undefined;
  }

  driver(rail: PowerRail): SecurityKeyReader {
    return {
      read: () => rail.whilePowered(() => Promise.resolve(ok(this.#key?.slice()))),
      onChange: (listener) => {
        if (rail.on) this.#listener = listener;
      },
    };
  }
}

export interface SoundPlayed {
  readonly atMs: number;
  readonly sound: SoundName;
}

export class VirtualBeeper {
  readonly #played: SoundPlayed[] = [];

  get played(): readonly SoundPlayed[] {
    return this.#played;
  }

  driver(rail: PowerRail): Beeper {
    return {
      play: (sound) => {
        if (!rail.on) return;
        if (this.#played.length === MAX_SOUNDS) this.#played.shift();
        this.#played.push({ atMs: rail.clock.nowMs(), sound });
      },
    };
  }
}

// ---- media -------------------------------------------------------------------------------------------------------

export class VirtualCardSlot {
  #card: FileStore | undefined;
  #insertions = 0;
  #listener: ((present: boolean) => void) | undefined;

  constructor(readonly id: CardId) {}

  get card(): FileStore | undefined {
    return this.#card;
  }

  insert(card: FileStore): void {
    assert(this.#card === undefined, `slot ${this.id} holds a card already`);
    this.#card = card;
    this.#insertions += 1;
    this.#listener?.(true);
  }

  pull(): FileStore | undefined {
    const card = this.#card;
    this.#card = undefined;
    if (card !== undefined) this.#listener?.(false);
    return card;
  }

  powerLost(): void {
    this.#listener = undefined;
  }

  driver(rail: PowerRail): MemoryCardSlot {
    let seen: { readonly insertion: number; readonly store: FileStore } | undefined;
    return {
      id: this.id,
      store: () => {
        const card = this.#card;
        if (card === undefined) return undefined;
        const insertion = this.#insertions;
        if (seen?.insertion !== insertion) {
          const present = (): boolean => this.#card === card && this.#insertions === insertion;
          seen = { insertion, store: attachedStore(card, rail, present) };
        }
        return seen.store;
      },
      onChange: (listener) => {
        if (rail.on) this.#listener = listener;
      },
    };
  }
}

export class VirtualExportPort {
  /** The directory that stands for the medium in the port, or nothing. */
  medium: string | undefined;

  driver(rail: PowerRail): MemoryCardExport {
    return { directory: () => (rail.on ? this.medium : undefined) };
  }
}
