/**
 * Whoever stands beside the machine and writes down, moment by moment, what may be held against it later: where the
 * paper is, what the counter shows, and what is settled about the ballot inside. Nothing of it goes through the media.
 */
import type { FileStore } from '../../drivers/ports.js';
import type { MachineState, PathState } from '../../firmware/machine/state.js';
import type { Bench } from '../bench/bench.js';
import type { OfPlaces } from './cut.js';
import type { BallotKind } from './known-ballots.js';

/**
 * `counted`: *passed* was answered to be on both cards, or the display said so. `open`: it is being written at this
 * moment, and only the next start can tell. Everything else is `not-counted`.
 */
export type Fate = 'counted' | 'not-counted' | 'open';

export interface FedBallot {
  readonly number: number;
  readonly kind: BallotKind;
  readonly name: string;
}

export interface Moment {
  /** How long the write logs were. */
  readonly lengths: OfPlaces<number>;
  /** Names of the ballots that count for certain, without the last one while its fate is open. */
  readonly counted: readonly string[];
  readonly last: FedBallot | undefined;
  readonly fate: Fate;
  /** Where the leading edge of a sheet in the path is. */
  readonly leadMm: number | undefined;
  readonly protectiveCounter: number;
  /** Sheets that fell into a bin. */
  readonly fallen: number;
  /** For the story of a finding. */
  readonly what: string;
}

/** What was known before this witness came: after a power cut, at the start that follows. */
export type KnownBefore = Pick<Moment, 'counted' | 'last' | 'fate' | 'fallen'>;

export const NOTHING_BEFORE: KnownBefore = { counted: [], last: undefined, fate: 'not-counted', fallen: 0 };

export class Witness {
  #counted: readonly string[];
  #last: FedBallot | undefined;
  #fate: Fate;
  #at: PathState['at'] | 'dark' = 'dark';
  #bench: Bench | undefined;

  constructor(
    private readonly lengths: () => OfPlaces<number>,
    private readonly note: (moment: Moment) => void,
    private readonly before: KnownBefore = NOTHING_BEFORE,
  ) {
    this.#counted = before.counted;
    this.#last = before.last;
    this.#fate = before.fate;
  }

  /** Looks at this bench from now on. Its program must have been started. */
  stand(bench: Bench): void {
    this.#bench = bench;
  }

  follow(bench: Bench): void {
    this.#bench = bench;
    bench.runtime.watch((state) => this.#stepped(state));
    this.#stepped(bench.runtime.state);
  }

  /** A voter is about to push this one in. */
  feeds(ballot: FedBallot): void {
    this.#last = ballot;
    this.#fate = 'not-counted';
    this.#moment(`ballot ${ballot.number} is fed`);
  }

  /** The same store; every operation's beginning and end is a moment. */
  store(store: FileStore): FileStore {
    const watched = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
      this.#moment(`${what} begins`);
      const result = await work();
      this.#moment(`${what} ends`);
      return result;
    };
    const { label } = store;
    return {
      label,
      read: (name, maxBytes) => store.read(name, maxBytes),
      list: () => store.list(),
      write: (name, bytes) => watched(`${label}: write ${name}`, () => store.write(name, bytes)),
      append: (name, bytes) => watched(`${label}: append ${name}`, () => store.append(name, bytes)),
      remove: (name) => watched(`${label}: remove ${name}`, () => store.remove(name)),
      openBlocks: async (name, createBytes) => {
        const opened = await watched(`${label}: open ${name}`, () => store.openBlocks(name, createBytes));
        if (!opened.ok) return opened;
        const file = opened.value;
        return {
          ok: true,
          value: {
            sizeBytes: file.sizeBytes,
            read: (at, length) => file.read(at, length),
            close: () => file.close(),
            write: (at, bytes) => watched(`${label}: write at ${at}`, () => file.write(at, bytes)),
            flush: () => watched(`${label}: flush`, () => file.flush()),
          },
        };
      },
    };
  }

  #stepped(state: MachineState): void {
    this.#at = state.path.at;
    this.#judge(state.path);
    this.#moment('the machine steps');
  }

  /** What the machine's own state settles; a start that has not opened the box yet settles nothing. */
  #judge(path: PathState): void {
    switch (path.at) {
      case 'leaving':
      case 'jammed-counted':
      case 'ending': {
        this.#settle('counted');
        return;
      }
      case 'passing': {
        this.#settle('open');
        return;
      }
      case 'undecided':
      case 'empty':
        // What still stands on the display is of the sheet before.
        return;
      case 'feeding':
      case 'to-hold':
      case 'reading':
      case 'asking':
      case 'storing':
      case 'turning':
      case 'driving':
      case 'undoing':
      case 'returning':
      case 'in-mouth':
      case 'jammed': {
        this.#settle('not-counted');
        return;
      }
    }
  }

  #settle(fate: Fate): void {
    if (fate === 'counted' && this.#fate !== 'counted' && this.#last !== undefined) {
      this.#counted = [...this.#counted, this.#last.name];
    }
    this.#fate = fate;
  }

  #moment(what: string): void {
    const bench = this.#bench;
    if (bench === undefined) return;
    const { bins, counter } = bench.cabinet;
    this.note({
      lengths: this.lengths(),
      counted: this.#counted,
      last: this.#last,
      fate: this.#fate,
      leadMm: bench.cabinet.inPath()[0]?.leadingEdgeMm,
      protectiveCounter: counter.value,
      fallen: this.before.fallen + bins.main.length + bins['write-in'].length,
      what: `${this.#at}: ${what}`,
    });
  }
}
