/**
 * The machine's transition table, from the machine itself: it is explored (`explore.ts`), and what each region answered
 * to each input in each state is written down. Nothing here knows what a transition should be.
 */
import { must } from '../../ground/result.js';
import type { Command } from '../../firmware/machine/command.js';
import type { CardsHealth, CommandResult, Counts, Input } from '../../firmware/machine/input.js';
import type { MachineState } from '../../firmware/machine/state.js';
import { regions, type Region, type RegionAnswer } from '../../firmware/machine/step.js';
import { explore, type Explored } from './explore.js';
import { regionWords, stateWords } from './words.js';

/** What one region does on one input in one state: each way it can go, in the order of its words. */
type Rows = Map<string, Map<string, Set<string>>>;

export class MachineTable {
  readonly #rows = new Map<Region, Rows>(regions.map((region) => [region, new Map()]));
  readonly #ignored = new Map<string, Set<string>>();

  constructor(parts: Explored) {
    explore(parts, (answer, answered) => this.#note(answer, answered));
  }

  #note({ region, input, view, next, ignored, commands }: RegionAnswer, asked: Command | undefined): void {
    const before = nameOf(region, view[region]);
    if (ignored !== undefined) {
      const reasons = this.#ignored.get(`${region} ${before}`) ?? new Set();
      this.#ignored.set(`${region} ${before}`, reasons.add(ignored));
      return;
    }
    const after = nameOf(region, next);
    const wishes = [...new Set(commands.map(wordOf))].join(', ');
    // The same state and no command: levels and lengths that are kept, nothing for a table.
    if (after === before && wishes === '' && region !== 'menu') return;
    const rows = must(this.#rows.get(region), region);
    const states = rows.get(before) ?? new Map<string, Set<string>>();
    rows.set(before, states);
    const label = labelOf(input, asked);
    states.set(
      label,
      (states.get(label) ?? new Set()).add(`${after === before ? 'stays' : after} | ${wishes}`),
    );
  }

  /** The whole of docs/machine.md. */
  markdown(): string {
    return [HEAD, ...regions.map((region) => this.#section(region))].join('\n');
  }

  #section(region: Region): string {
    const { title, file } = regionWords[region];
    const words = Object.entries(stateWords[region]);
    const list = words.map(([state, meaning]) => `| ${state} | ${meaning} |`);
    const rows = words.flatMap(([state]) => this.#stateRows(region, state));
    return [
      `## ${title}`,
      `Source: \`${file}\`.`,
      '',
      '| state | what it means |',
      '| --- | --- |',
      ...list,
      '',
      '| state | input | next state | commands |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
      'Ignored, by state:',
      '',
      ...words.flatMap(([state]) => this.#ignoredIn(region, state)),
      '',
    ].join('\n');
  }

  #stateRows(region: Region, state: string): readonly string[] {
    const states = this.#rows.get(region)?.get(state) ?? new Map<string, Set<string>>();
    return [...states]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([label, outcomes]) =>
        [...outcomes].sort().map((outcome) => `| ${state} | ${label} | ${outcome} |`),
      );
  }

  #ignoredIn(region: Region, state: string): readonly string[] {
    const reasons = this.#ignored.get(`${region} ${state}`);
    return reasons === undefined ? [] : [`- ${state}: ${[...reasons].sort().join('; ')}`];
  }
}

const HEAD = `# What the machine does
Written by \`make machine-table\` from the machine itself (\`firmware/machine/step.ts\`); a test fails when this page is not
what the machine does. For people who train inspectors, and for laboratories.

The machine is one pure function: a state and an input give the next state and commands. The state has five regions, each
with its own small table. One input goes to every region; what a region has no use for it ignores, with a reason. Where
one input has several rows, facts beside the state decide (sensor levels, the other regions, the election's rules); the
source file says which. "Authorised" and "ballot box opened" are signals of one region to the others within one step.
After every step a display that only waits ("working", "abandoned", "jam") looks whether its time is over
(\`settleMenu\` in \`firmware/machine/menus.ts\`), so it leaves without an input of its own.
`;

function nameOf(region: Region, state: MachineState[Region]): string {
  if ('run' in state) return `tapes: ${state.run.step.is}`;
  if ('step' in state) return `passcode: ${state.step.is}`;
  if ('at' in state) return state.at;
  if ('box' in state) return state.box.is;
  throw new RangeError(`no state of ${region}`);
}

function labelOf(input: Input, asked: Command | undefined): string {
  switch (input.kind) {
    case 'started':
      return 'the program starts';
    case 'sensor':
      return sensorLabel(input.sensor, input.on);
    case 'card':
      return `a memory card is ${input.present ? 'put in' : 'taken out'}`;
    case 'security-key':
      return {
        absent: 'the security key is lifted',
        refused: 'a security key is refused',
        valid: 'a security key is accepted',
      }[input.key.is];
    case 'press':
      return `key ${input.key.toUpperCase()}`;
    case 'digit':
    case 'passcode-length':
      return 'a digit';
    case 'choose':
      return 'an item of the menu';
    case 'done':
      return asked === undefined ? 'an answer' : `${wordOf(asked)}: done${detailOf(input.result)}`;
    case 'failed':
      return asked === undefined ? 'a failure' : `${wordOf(asked)}: failed`;
    case 'early-fault':
      return 'what is drawn in cannot be a ballot';
    case 'authorised':
      return `authorised: ${input.action}`;
    case 'box-opened':
      return `ballot box opened, intent ${input.intent}`;
  }
}

function sensorLabel(sensor: string, on: boolean): string {
  switch (sensor) {
    case 'multi-sheet':
      return `several sheets ${on ? 'seen' : 'no longer seen'}`;
    case 'cover-open':
      return `cover ${on ? 'opened' : 'closed'}`;
    case 'ballot-box-door-open':
      return `ballot box door ${on ? 'opened' : 'closed'}`;
    default:
      return `${sensor} sensor ${on ? 'covered' : 'clear'}`;
  }
}

function detailOf(result: CommandResult): string {
  switch (result.of) {
    case 'plain':
    case 'time':
      return '';
    case 'finish-cast':
      return agree(result.counts);
    case 'move':
      return result.end === 'stopped' ? ', stopped' : ', whole distance';
    case 'read-sheet':
      return result.sheet.kind === 'read' ? ', read' : ', not readable';
    case 'passcode':
      return `, ${result.verdict}`;
    case 'open-box':
      return `${agree(result.counts)}${bothHealthy(result.cards) ? '' : ', on one card'}`;
    case 'cards':
      return bothHealthy(result.cards) ? '' : ', a card failed';
  }
}

function agree({ slots, anchored }: Counts): string {
  return slots === anchored ? '' : ', counts do not agree';
}

function bothHealthy({ a, b }: CardsHealth): boolean {
  return a === 'healthy' && b === 'healthy';
}

function wordOf(command: Command): string {
  switch (command.kind) {
    case 'move':
      return `move ${command.direction}`;
    case 'log':
      return `log ${command.code}`;
    case 'sound':
      return `sound ${command.sound}`;
    case 'print-tape':
      return `print ${command.tape} tape`;
    case 'save-polls':
      return `save polls as ${command.polls}`;
    case 'turn-gate':
    case 'stop-motor':
    case 'start-capture':
    case 'read-sheet':
    case 'forget-sheet':
    case 'try-passcode':
    case 'clear-passcode':
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
    case 'export':
    case 'read-time':
    case 'set-time':
    case 'timer':
    case 'power-down':
      return command.kind.replaceAll('-', ' ');
  }
}
