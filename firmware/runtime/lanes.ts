/**
 * Lanes: commands of one lane run first in, first out, one at a time, and each comes to exactly one end. Lanes do not
 * wait for each other. `stop-motor` is no lane's: it passes everything.
 */
import { assert } from '../../ground/result.js';
import type { Command, Lane } from '../machine/command.js';
import type { CommandProblem, CommandResult } from '../machine/input.js';

export type CommandEnd =
  | { readonly ok: true; readonly result: CommandResult }
  | { readonly ok: false; readonly problem: CommandProblem };

/** Commands that wait in one lane; more is a machine that has lost its way. */
const WAITING_MAX = 64;

export class Lanes {
  readonly #waiting = new Map<Lane, Command[]>();
  readonly #running = new Set<Lane>();

  constructor(
    private readonly execute: (command: Command) => Promise<CommandEnd>,
    private readonly ended: (command: Command, end: CommandEnd) => void,
    /** What no driver may do: throw. It stops the machine. */
    private readonly broken: (thrown: unknown) => void,
  ) {}

  submit(command: Command): void {
    const waiting = this.#waiting.get(command.lane) ?? [];
    assert(waiting.length < WAITING_MAX, `the ${command.lane} lane is full`);
    waiting.push(command);
    this.#waiting.set(command.lane, waiting);
    if (!this.#running.has(command.lane)) void this.#run(command.lane, waiting);
  }

  /** Commands that were submitted and have not ended. */
  get busy(): boolean {
    return this.#running.size > 0;
  }

  async #run(lane: Lane, waiting: Command[]): Promise<void> {
    this.#running.add(lane);
    try {
      for (let command = waiting.shift(); command !== undefined; command = waiting.shift()) {
        const end = await this.execute(command);
        this.ended(command, end);
      }
    } catch (thrown) {
      this.broken(thrown);
    } finally {
      this.#running.delete(lane);
    }
  }
}
