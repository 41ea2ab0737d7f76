/**
 * The box lane: what the machine wishes of the ballot box, the anchors, the counters and the export. Each command is
 * durable when it is answered, and may be repeated after whatever interrupted it.
 */
import { unreachable, type Result } from '../../ground/result.js';
import type { Command } from '../machine/command.js';
import type { CommandResult } from '../machine/input.js';
import { BoxCards } from './box-cards.js';
import { BoxCasting } from './box-casting.js';
import { BoxPolls } from './box-polls.js';
import { OpenBallotBox, plain, type BoxParts } from './open-ballot-box.js';

export type BoxCommand = Extract<Command, { lane: 'box' }>;

export class BoxDesk {
  readonly #at: OpenBallotBox;
  readonly #cards: BoxCards;
  readonly #casting: BoxCasting;
  readonly #polls: BoxPolls;

  constructor(private readonly parts: BoxParts) {
    this.#at = new OpenBallotBox(parts);
    this.#cards = new BoxCards(this.#at);
    this.#casting = new BoxCasting(this.#at);
    this.#polls = new BoxPolls(this.#at);
  }

  execute(command: BoxCommand): Promise<Result<CommandResult>> {
    switch (command.kind) {
      case 'open-box':
        return this.#cards.open(this.#at.stores(), false);
      case 'use-one-card':
        return this.#cards.useOneCard();
      case 'prepare-cards':
        return this.#cards.prepare();
      case 'fill-card':
        return this.#cards.fill(command.card);
      case 'drop-card':
        return this.#cards.drop(command.card);
      case 'store-sheet':
        return this.#casting.store(command.bin);
      case 'mark-passed':
        return this.#casting.step((box) => box.markPassed());
      case 'finish-cast':
        return this.#casting.finishCast();
      case 'mark-idle':
        return this.#casting.step((box) => box.markIdle());
      case 'roll-back':
        return this.#casting.step((box) => box.rollBack());
      case 'begin-opening':
        return this.#polls.beginOpening();
      case 'save-polls':
        return plain(this.parts.anchor.update(() => ({ polls: command.polls })));
      case 'begin-closing':
        return this.#polls.beginClosing(command.numbers);
      case 'resume-closing':
        return this.#polls.resumeClosing();
      case 'finish-closing':
        return this.#polls.finishClosing();
      case 'export':
        return this.#polls.export();
      default:
        return unreachable(command);
    }
  }

  /** What a slot's body holds; nothing without an open box. */
  bodyBytes(): number | undefined {
    return this.#at.box?.header.bodyBytes;
  }

  close(): Promise<void> {
    return this.#at.close();
  }
}
