/**
 * The loop: facts in, one step, commands out by lanes. Here the pure machine meets the cabinet; nothing else touches
 * either. Inputs are handled strictly one after another, in the order in which they came.
 */
import { assert, unreachable, type Result } from '../../ground/result.js';
import type { Cabinet, Clock } from '../../drivers/ports.js';
import type { Command } from '../machine/command.js';
import type {
  CommandId,
  CommandProblem,
  CommandResult,
  Input,
  PanelKey,
  StartFacts,
} from '../machine/input.js';
import type { Action } from '../machine/roles.js';
import { initialState, type MachineState } from '../machine/state.js';
import { step } from '../machine/step.js';
import { screenModel, type ScreenModel } from '../screens/model.js';
import type { BoxDesk } from './box-desk.js';
import type { KeyDesk } from './key-desk.js';
import { Lanes, type CommandEnd } from './lanes.js';
import type { LogDesk } from './log-desk.js';
import type { PageStore } from './page-store.js';
import type { TapeDesk } from './tape-desk.js';

/** Inputs that wait; more means that the machine no longer keeps up, and it stops. */
const INPUTS_MAX = 256;

export interface RuntimeParts {
  readonly cabinet: Cabinet;
  readonly clock: Clock;
  readonly start: StartFacts;
  readonly keys: KeyDesk;
  readonly pages: PageStore;
  readonly box: BoxDesk;
  readonly tapes: TapeDesk;
  readonly log: LogDesk;
  /** The power goes off by the menu. */
  readonly powerDown: () => void;
}

export class Runtime {
  #state: MachineState = initialState();
  readonly #inputs: Input[] = [];
  #stepping = false;
  #failure: Error | undefined;
  readonly #lanes: Lanes;
  #watcher: ((state: MachineState, input: Input) => void) | undefined;

  constructor(private readonly parts: RuntimeParts) {
    this.#lanes = new Lanes(
      (command) => this.#execute(command),
      (command, end) => this.#ended(command, end),
      (thrown) => this.#break(thrown),
    );
  }

  /** Connects the cabinet and tells the machine what it finds. */
  start(): void {
    const { cabinet, start, keys } = this.parts;
    cabinet.sensors.onEdge((sensor, on) => this.post({ kind: 'sensor', sensor, on }));
    for (const card of ['a', 'b'] as const) {
      cabinet.cards[card].onChange((present) => this.post({ kind: 'card', card, present }));
    }
    cabinet.keyReader.onChange(() => {
      void keys.presented().then(
        (key) => this.post({ kind: 'security-key', key }),
        (thrown: unknown) => this.#break(thrown),
      );
    });
    this.post({ kind: 'started', facts: start });
  }

  get state(): MachineState {
    return this.#state;
  }

  get screen(): ScreenModel {
    return screenModel(this.#state);
  }

  /** Set when this program itself was wrong; the machine then stands still. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** True while commands have not come to their end. */
  get busy(): boolean {
    return this.#lanes.busy;
  }

  /** Called after every step; for the display and for whoever checks invariants. */
  watch(watcher: (state: MachineState, input: Input) => void): void {
    this.#watcher = watcher;
  }

  press(key: PanelKey): void {
    this.parts.cabinet.beeper.play('key');
    this.post({ kind: 'press', key });
  }

  choose(item: Action): void {
    this.post({ kind: 'choose', item });
  }

  /** A digit of the number pad: into the passcode field, where the machine sees only how many, or to the machine. */
  digit(digit: number): void {
    assert(Number.isInteger(digit) && digit >= 0 && digit <= 9, 'a digit is 0 to 9');
    if (this.#state.menu.at === 'passcode') {
      if (this.#state.menu.step.is !== 'typing') return;
      this.post({ kind: 'passcode-length', length: this.parts.keys.type(digit) });
    } else {
      this.post({ kind: 'digit', digit });
    }
  }

  post(input: Input): void {
    if (this.#failure !== undefined) return;
    assert(this.#inputs.length < INPUTS_MAX, 'inputs come faster than the machine can take them');
    this.#inputs.push(input);
    if (!this.#stepping) this.#drain();
  }

  #drain(): void {
    this.#stepping = true;
    try {
      for (let input = this.#inputs.shift(); input !== undefined; input = this.#inputs.shift()) {
        const { state, commands } = step(this.#state, { atMs: this.parts.clock.nowMs(), input });
        this.#state = state;
        this.#watcher?.(state, input);
        for (const command of commands) this.#issue(command);
      }
    } catch (thrown) {
      this.#break(thrown);
    } finally {
      this.#stepping = false;
    }
  }

  #issue(command: Command): void {
    if (command.kind === 'stop-motor') this.parts.cabinet.motor.stop();
    else if (command.kind === 'timer') this.#startTimer(command.id, command.afterMs);
    else this.#lanes.submit(command);
  }

  /** Timers run beside each other; the machine bounds their number by its states. */
  #startTimer(id: CommandId, afterMs: number): void {
    const { clock } = this.parts;
    clock.setTimer(clock.nowMs() + afterMs, () => this.post({ kind: 'done', id, result: { of: 'plain' } }));
  }

  #ended(command: Command, end: CommandEnd): void {
    const { id } = command;
    this.post(
      end.ok ? { kind: 'done', id, result: end.result } : { kind: 'failed', id, problem: end.problem },
    );
  }

  /** A fault of this program: the motor stops, and nothing goes on from a state that cannot be trusted. */
  #break(thrown: unknown): void {
    this.parts.cabinet.motor.stop();
    this.#failure ??= thrown instanceof Error ? thrown : new Error(String(thrown));
  }

  // ---- commands ------------------------------------------------------------------------------------------------

  async #execute(command: Command): Promise<CommandEnd> {
    const { box, keys, pages, tapes, log, cabinet, clock } = this.parts;
    switch (command.kind) {
      case 'move': {
        const moved = await cabinet.motor.move(command.direction, command.distanceMm);
        return moved.ok ? done({ of: 'move', end: moved.value.end }) : failed(moved.error);
      }
      case 'stop-motor':
      case 'timer':
        return done({ of: 'plain' });
      case 'turn-gate':
        return ending(await cabinet.gate.turn(command.to));
      case 'start-capture':
        pages.startCapture(({ reason }) => this.post({ kind: 'early-fault', capture: command.id, reason }));
        return done({ of: 'plain' });
      case 'read-sheet': {
        const sheet = await pages.read();
        return sheet.ok ? done({ of: 'read-sheet', sheet: sheet.value }) : failed(sheet.error);
      }
      case 'forget-sheet':
        pages.forget();
        return done({ of: 'plain' });
      case 'try-passcode':
        return answering(await keys.tryPasscode(command.serial));
      case 'clear-passcode':
        keys.clear();
        return done({ of: 'plain' });
      case 'log':
        return ending(await log.append({ code: command.code, details: command.details }));
      case 'print-tape':
        return ending(await tapes.print(command.tape, command.copy));
      case 'sound':
        cabinet.beeper.play(command.sound);
        return done({ of: 'plain' });
      case 'read-time':
        return done({ of: 'time', wallTime: clock.wallTime() });
      case 'set-time':
        return ending(await this.#setTime(command.wallTime));
      case 'power-down':
        // Durable before the power goes; with no copy of the log left it goes all the same.
        await log.append({ code: 'power-down' });
        await box.close();
        this.parts.powerDown();
        return done({ of: 'plain' });
      case 'open-box':
      case 'store-sheet':
      case 'mark-passed':
      case 'finish-cast':
      case 'mark-idle':
      case 'roll-back':
      case 'prepare-cards':
      case 'fill-card':
      case 'use-one-card':
      case 'drop-card':
      case 'begin-opening':
      case 'begin-closing':
      case 'resume-closing':
      case 'finish-closing':
      case 'save-polls':
      case 'export':
        return answering(await box.execute(command));
      default:
        return unreachable(command);
    }
  }

  async #setTime(wallTime: string): Promise<Result<void>> {
    const before = this.parts.clock.wallTime();
    const set = this.parts.clock.setWallTime(wallTime);
    if (!set.ok) return set;
    return this.parts.log.append({ code: 'time-changed', details: `from ${before} to ${wallTime}` });
  }
}

function done(result: CommandResult): CommandEnd {
  return { ok: true, result };
}

function failed({ code, reason, where }: CommandProblem & { readonly where?: string }): CommandEnd {
  return { ok: false, problem: { code, reason: where === undefined ? reason : `${where} ${reason}` } };
}

function ending(result: Result<void>): CommandEnd {
  return result.ok ? done({ of: 'plain' }) : failed(result.error);
}

function answering(result: Result<CommandResult>): CommandEnd {
  return result.ok ? done(result.value) : failed(result.error);
}
