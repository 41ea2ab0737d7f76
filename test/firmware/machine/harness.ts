/** A machine on a desk: facts are told to it by hand, and its commands wait until the test answers them. */
import { readFileSync } from 'node:fs';
import { readDefinition } from '../../../election-def/load.js';
import { layOutElection } from '../../../election-def/layout.js';
import { must } from '../../../ground/result.js';
import type { Command } from '../../../firmware/machine/command.js';
import type {
  CommandResult,
  Counts,
  ElectionFacts,
  Input,
  PanelKey,
  StartFacts,
} from '../../../firmware/machine/input.js';
import type { Action, Role } from '../../../firmware/machine/roles.js';
import { initialState, type MachineState } from '../../../firmware/machine/state.js';
import { step } from '../../../firmware/machine/step.js';
import type {
  OvalReading,
  SheetResult,
  SideReading,
  Verdict,
  WriteInReading,
} from '../../../vision/reading.js';
import { NO_INK } from '../../../tools/simulate/known-sheets.js';

/** Where tests find the samples, whether they run from `dist` or not. */
export function sampleFile(name: string): string {
  return `election-def/samples/${name}.json`;
}

export function sampleElection(
  name: 'dutchess-ny' | 'boulder-co',
  mode: 'test' | 'official' = 'official',
): ElectionFacts {
  const loaded = readDefinition(readFileSync(sampleFile(name)), name);
  if (!loaded.ok) throw new Error(loaded.error.map((p) => p.reason).join('; '));
  const layouts = layOutElection(loaded.value);
  if (!layouts.ok) throw new Error(layouts.error.map((p) => p.reason).join('; '));
  const { definition } = loaded.value;
  const place = must(definition.pollingPlaces[0], 'a polling place');
  return {
    definition,
    mode,
    pollingPlaceId: place.id,
    precinctIds: place.precinctIds,
    layouts: layouts.value,
  };
}

export const zeroCounts: Counts = {
  slots: 0,
  anchored: 0,
  counted: 0,
  logged: 0,
  protectiveCounter: 1200,
  freeSlots: 300,
};

export function startFacts(
  election: ElectionFacts | undefined,
  change: Partial<StartFacts> = {},
): StartFacts {
  return {
    serialNumber: 'TS-0001',
    simulated: true,
    geometry: {
      entryToHoldMm: 30,
      longestSheetMm: 558.8,
      shortestSheetMm: 279.4,
      holdToExitMm: 320,
      exitClearMm: 600,
      returnMm: 700,
    },
    election,
    electionRefused: undefined,
    polls: 'not-opened',
    levels: {
      mouth: false,
      entry: false,
      path: false,
      exit: false,
      'multi-sheet': false,
      'cover-open': false,
      'ballot-box-door-open': false,
    },
    cardsPresent: { a: true, b: true },
    ...change,
  };
}

export class Harness {
  state: MachineState = initialState();
  /** Issued and not answered. */
  open: Command[] = [];
  /** Everything ever issued. */
  readonly all: Command[] = [];
  ignored: readonly string[] = [];

  tell(input: Input): this {
    const result = step(this.state, { atMs: 0, input });
    this.state = result.state;
    this.ignored = result.ignored;
    this.open.push(...result.commands.filter((command) => command.kind !== 'stop-motor'));
    this.all.push(...result.commands);
    return this;
  }

  /** Answers the oldest open command of this kind. */
  done(kind: Command['kind'], result: CommandResult = { of: 'plain' }): this {
    return this.tell({ kind: 'done', id: this.#take(kind).id, result });
  }

  failed(kind: Command['kind'], code = 'broken'): this {
    return this.tell({
      kind: 'failed',
      id: this.#take(kind).id,
      problem: { code, reason: `${kind} failed` },
    });
  }

  sensor(sensor: (Input & { kind: 'sensor' })['sensor'], on: boolean): this {
    return this.tell({ kind: 'sensor', sensor, on });
  }

  press(...keys: readonly PanelKey[]): this {
    for (const key of keys) this.tell({ kind: 'press', key });
    return this;
  }

  key(role: Role, party?: string, serial = `${role}-${party ?? 'none'}`): this {
    return this.tell({ kind: 'security-key', key: { is: 'valid', serial, role, party } });
  }

  choose(item: Action): this {
    return this.tell({ kind: 'choose', item });
  }

  has(kind: Command['kind']): boolean {
    return this.open.some((command) => command.kind === kind);
  }

  /** How often a command was issued, answered or not. */
  count(kind: Command['kind']): number {
    return this.all.filter((command) => command.kind === kind).length;
  }

  #take(kind: Command['kind']): Command {
    const at = this.open.findIndex((command) => command.kind === kind);
    const command = this.open[at];
    if (command === undefined) {
      const open = this.open.map((c) => c.kind).join(', ');
      throw new Error(`no ${kind} is open, only: ${open}`);
    }
    this.open.splice(at, 1);
    return command;
  }
}

/** From the power switch to SYSTEM READY, as the handbook does it (pages 21 to 26). */
export function openedMachine(election: ElectionFacts): Harness {
  const machine = poweredMachine(election);
  machine.choose('open-polls').press('yes');
  if (election.definition.settings.twoKeys.openPolls) machine.key('poll-worker', 'rep');
  machine.done('begin-opening').done('print-tape').press('no').done('save-polls');
  return machine;
}

/** Power, security key, passcode, box open, time confirmed: the Administration Menu. */
export function poweredMachine(election: ElectionFacts, change: Partial<StartFacts> = {}): Harness {
  return new Harness()
    .tell({ kind: 'started', facts: startFacts(election, change) })
    .key('poll-worker', 'dem')
    .tell({ kind: 'passcode-length', length: 8 })
    .press('enter')
    .done('try-passcode', { of: 'passcode', verdict: 'right' })
    .done('open-box', openBoxAnswer())
    .done('read-time', { of: 'time', wallTime: '2026-11-03T05:40:00' })
    .press('yes');
}

export function openBoxAnswer(
  intent: 'idle' | 'writing' | 'ready' | 'passed' = 'idle',
  counts: Counts = zeroCounts,
): CommandResult {
  return { of: 'open-box', intent, counts, cards: { a: 'healthy', b: 'healthy' } };
}

/** A sheet is pushed in, runs to the hold point, and is about to be read. */
export function feedToHold(machine: Harness): Harness {
  return machine
    .sensor('mouth', true)
    .sensor('entry', true)
    .sensor('mouth', false)
    .sensor('path', true)
    .sensor('entry', false)
    .done('move', { of: 'move', end: 'stopped' })
    .done('move', { of: 'move', end: 'distance-reached' });
}

export function read(machine: Harness, sheet: SheetResult): Harness {
  return machine.done('read-sheet', { of: 'read-sheet', sheet });
}

/** From the decision to cast until the sheet is in its bin. */
export function castThrough(machine: Harness, countsAfter: Counts): Harness {
  return machine
    .done('store-sheet', { of: 'cards', cards: { a: 'healthy', b: 'healthy' } })
    .done('turn-gate')
    .sensor('exit', true)
    .done('move', { of: 'move', end: 'stopped' })
    .done('mark-passed', { of: 'cards', cards: { a: 'healthy', b: 'healthy' } })
    .done('finish-cast', { of: 'finish-cast', counts: countsAfter })
    .sensor('path', false)
    .sensor('exit', false)
    .done('move', { of: 'move', end: 'distance-reached' })
    .done('mark-idle', { of: 'cards', cards: { a: 'healthy', b: 'healthy' } });
}

export function countsAt(n: number): Counts {
  return {
    ...zeroCounts,
    slots: n,
    anchored: n,
    counted: n,
    logged: n,
    protectiveCounter: 1200 + n,
    freeSlots: 300 - n,
  };
}

/** What the reader would say of a sheet with these marks: `contest/option` to a verdict; all others blank. */
export function sheetRead(
  election: ElectionFacts,
  precinctId: string,
  marks: Readonly<Record<string, Verdict>>,
  change: { readonly test?: boolean; readonly sheet?: number; readonly written?: readonly string[] } = {},
): Extract<SheetResult, { kind: 'read' }> {
  const layout = must(
    election.layouts.find((l) => l.precinctId === precinctId),
    `a layout for ${precinctId}`,
  );
  const sheetNumber = change.sheet ?? 1;
  const sheet = must(
    layout.sheets.find((s) => s.sheet === sheetNumber),
    'the sheet',
  );
  const seen = new Set<string>();
  const sideOf = (side: 'front' | 'back'): SideReading => {
    const ovals = sheet[side].ovals.map((place): OvalReading => {
      const name = `${place.contestId}/${place.optionId}`;
      if (name in marks) seen.add(name);
      return {
        contestId: place.contestId,
        optionId: place.optionId,
        verdict: marks[name] ?? 'blank',
        score: NO_INK,
        centre: { xPx: 0, yPx: 0 },
      };
    });
    const writeIns = sheet[side].writeInBoxes.map((box): WriteInReading => {
      const corner = { xPx: 0, yPx: 0 };
      const written = change.written?.includes(`${box.contestId}/${box.optionId}`) ?? false;
      const { contestId, optionId } = box;
      return {
        contestId,
        optionId,
        ink: written ? 0.1 : 0,
        written,
        corners: [corner, corner, corner, corner],
      };
    });
    const code = {
      electionHash20: 1,
      styleNumber: layout.styleNumber,
      precinctNumber: layout.precinctNumber,
      sheet: sheetNumber,
      side,
      test: change.test ?? false,
    };
    return {
      code,
      orientation: 'upright',
      skewDegrees: 0,
      scaleAlong: 1,
      scaleAcross: 1,
      ovals,
      writeIns,
      faults: [],
    };
  };
  const result = {
    kind: 'read' as const,
    styleId: layout.styleId,
    precinctId,
    sheet: sheetNumber,
    test: change.test ?? false,
    front: sideOf('front'),
    back: sideOf('back'),
    frontImage: 'first' as const,
  };
  const unknown = Object.keys(marks).filter((name) => !seen.has(name));
  if (unknown.length > 0) throw new Error(`this sheet has no ${unknown.join(', ')}`);
  return result;
}
