/**
 * What stands on the scanner's display, derived from the machine's state by a pure function: the pages draw it, the
 * audio speaks it, the keys act on it, the demo and the tests read it. So they cannot disagree.
 */
import type { Language, Text } from '../../election-def/definition.js';
import { textIn } from '../../election-def/definition.js';
import { unreachable } from '../../ground/result.js';
import type { GiveBack, Warning } from '../machine/adjudicate.js';
import type { PanelKey } from '../machine/input.js';
import { menuItems } from '../machine/menu-items.js';
import { whyNotReady } from '../machine/ready.js';
import type { Action } from '../machine/roles.js';
import {
  electionOf,
  type MachineState,
  type MenuState,
  type PathState,
  type PollsState,
} from '../machine/state.js';
import { english } from './words/en.js';
import { spanish } from './words/es.js';
import type { Saying, Words } from './words/words.js';

export interface ScreenModel {
  /** Stable name, for pages, tests and clips: `overvote`, `administration`. */
  readonly id: string;
  readonly audience: 'voter' | 'inspector';
  /** The same content once for each language in use, the leading one first. */
  readonly content: readonly ScreenContent[];
  readonly keys: readonly PanelKey[];
  /** Menu items that can be chosen. */
  readonly items: readonly Action[];
  readonly status: ScreenStatus;
}

export interface ScreenContent {
  readonly language: Language;
  readonly title: string;
  readonly lines: readonly string[];
  /** What stands on the keys and items, in the order of `ScreenModel.keys` and `.items`. */
  readonly keyLabels: readonly string[];
  readonly itemLabels: readonly string[];
}

/** Always in sight. */
export interface ScreenStatus {
  readonly publicCounter: number | undefined;
  readonly testMode: boolean;
  readonly simulated: boolean;
  readonly cardAHealthy: boolean;
  readonly cardBHealthy: boolean;
}

const wordsOf: Readonly<Record<Language, Words>> = { en: english, es: spanish };

/** What a display says, before it is put into each language. */
interface Draft {
  readonly id: string;
  readonly audience: ScreenModel['audience'];
  readonly say: (words: Words, language: Language) => Saying;
  readonly keys?: readonly PanelKey[];
  readonly items?: readonly Action[];
}

export function screenModel(state: MachineState): ScreenModel {
  const draft = draftOf(state);
  const languages = electionOf(state)?.definition.languages ?? ['en'];
  const keys = draft.keys ?? [];
  const items = draft.items ?? [];
  const content = languages.map((language): ScreenContent => {
    const words = wordsOf[language];
    return {
      language,
      ...draft.say(words, language),
      keyLabels: keys.map((key) => words.keys[key]),
      itemLabels: items.map((item) => words.action(item)),
    };
  });
  return { id: draft.id, audience: draft.audience, content, keys, items, status: statusOf(state) };
}

function statusOf(state: MachineState): ScreenStatus {
  return {
    publicCounter: state.counts?.slots,
    testMode: electionOf(state)?.mode === 'test',
    simulated: state.start?.simulated ?? false,
    cardAHealthy: state.cards.health.a === 'healthy',
    cardBHealthy: state.cards.health.b === 'healthy',
  };
}

function draftOf(state: MachineState): Draft {
  if (state.power.at === 'halted' && state.menu.at === 'closed') {
    const { because } = state.power;
    return inspector('halted', (w) => ({ title: w.halted.title, lines: [...w.halted.lines, because] }));
  }
  if (state.power.at === 'shutting-down') return inspector('shutting-down', (w) => w.shuttingDown);
  if (state.menu.at !== 'closed') return menuDraft(state, state.menu);
  return pathDraft(state, state.path);
}

function inspector(
  id: string,
  say: Draft['say'],
  keys: readonly PanelKey[] = [],
  items: readonly Action[] = [],
): Draft {
  return { id, audience: 'inspector', say, keys, items };
}

function voter(id: string, say: Draft['say'], keys: readonly PanelKey[] = []): Draft {
  return { id, audience: 'voter', say, keys };
}

// ---- the sheet -------------------------------------------------------------------------------------------------

function pathDraft(state: MachineState, path: PathState): Draft {
  switch (path.at) {
    case 'empty':
      return emptyDraft(state, path);
    case 'feeding':
    case 'to-hold':
    case 'reading':
      return voter('reading', (w) => w.reading);
    case 'asking':
      return askingDraft(state, path);
    case 'storing':
    case 'turning':
    case 'passing':
      return voter('casting', (w) => w.casting);
    case 'driving':
    case 'leaving': {
      const waits = path.move === undefined && state.levels.mouth;
      return voter('casting', (w) =>
        waits ? { title: w.casting.title, lines: [w.secondSheet] } : w.casting,
      );
    }
    case 'ending':
      return voter('casting', (w) => w.casting);
    case 'undoing':
    case 'returning':
    case 'in-mouth':
      return givenBackDraft(state, path.why);
    case 'jammed':
      return voter('jam-not-counted', (w) => ({
        ...w.jamNotCounted,
        lines: [...w.jamNotCounted.lines, w.notCounted],
      }));
    case 'jammed-counted':
      return voter('jam-counted', (w) => ({ ...w.jamCounted, lines: [w.counted, ...w.jamCounted.lines] }));
    case 'undecided':
      return inspector('undecided', (w) => w.undecided);
  }
}

function emptyDraft(state: MachineState, path: PathState & { at: 'empty' }): Draft {
  if (path.told !== undefined) {
    const { counted, why } = path.told;
    if (counted) return voter('cast', (w) => w.cast);
    if (why !== undefined) return givenBackDraft(state, why);
  }
  const reasons = whyNotReady(state);
  if (reasons.length > 0) {
    return voter('not-ready', (w) => ({
      title: w.notReadyTitle,
      lines: reasons.map((reason) => w.notReady(reason)),
    }));
  }
  return voter('insert-ballot', (w) => w.insertBallot);
}

function askingDraft(state: MachineState, path: PathState & { at: 'asking' }): Draft {
  const { warnings, page } = path.held;
  const warning = warnings[page] ?? { kind: 'blank-ballot' };
  const several = warnings.length > 1;
  const say: Draft['say'] = (w, language) => {
    const saying = sayWarning(state, w, language, warning);
    const more = several ? [w.morePages(page + 1, warnings.length)] : [];
    return { title: saying.title, lines: [...saying.lines, ...w.castOrReturn, ...more] };
  };
  return voter(warning.kind, say, several ? ['return', 'cast', 'more'] : ['return', 'cast']);
}

function sayWarning(state: MachineState, w: Words, language: Language, warning: Warning): Saying {
  switch (warning.kind) {
    case 'overvote':
      return w.overvote(contestTitle(state, warning.contestId, language), warning.marked, warning.seats);
    case 'cross-endorsement': {
      const rule = electionOf(state)?.definition.settings.crossEndorsementRule;
      const names = warning.candidateIds.map((id) => candidateName(state, warning.contestId, id));
      const title = contestTitle(state, warning.contestId, language);
      return w.crossEndorsement(title, names, rule === 'candidate-only' ? rule : 'highest-line');
    }
    case 'undervote':
      return w.undervote(contestTitle(state, warning.contestId, language), warning.unused, warning.seats);
    case 'blank-ballot':
      return w.blankBallot;
  }
}

/** Every message about a sheet that is given back ends with the same sentence. */
function givenBackDraft(state: MachineState, why: GiveBack): Draft {
  return voter(`given-back-${why.kind}`, (w, language) => {
    const saying = sayGivenBack(state, w, language, why);
    const second =
      state.path.at === 'returning' && state.path.move === undefined && state.levels.mouth
        ? [w.secondSheet]
        : [];
    return { title: saying.title, lines: [...saying.lines, ...second, w.notCounted] };
  });
}

function sayGivenBack(state: MachineState, w: Words, language: Language, why: GiveBack): Saying {
  switch (why.kind) {
    case 'voter-chose':
      return w.youPressedReturn;
    case 'ambiguous':
      return w.ambiguous(why.contestIds.map((id) => contestTitle(state, id, language)));
    case 'not-castable':
      return w.notCastable(contestsOf(why.warnings).map((id) => contestTitle(state, id, language)));
    case 'unreadable':
      return w.unreadable(why.reason);
    case 'wrong-precinct':
      return w.wrongPrecinct;
    case 'test-ballot':
      return w.testBallot;
    case 'several-sheets':
      return w.severalSheets;
    case 'pulled-out':
      return w.pulledOut;
    case 'jam':
      return w.paperStopped;
    case 'scan-head-failed':
    case 'card-failed':
    case 'gate-failed':
      return w.machineFault;
    case 'power-cut':
      return w.powerCut;
    default:
      return unreachable(why);
  }
}

function contestsOf(warnings: readonly Warning[]): readonly string[] {
  return warnings.flatMap((warning) => (warning.kind === 'blank-ballot' ? [] : [warning.contestId]));
}

function contestTitle(state: MachineState, contestId: string, language: Language): string {
  const contest = electionOf(state)?.definition.contests.find((c) => c.id === contestId);
  const title: Text = contest?.title ?? contestId;
  return textIn(title, language);
}

function candidateName(state: MachineState, contestId: string, candidateId: string): string {
  const contest = electionOf(state)?.definition.contests.find((c) => c.id === contestId);
  if (contest?.kind !== 'candidate') return candidateId;
  return contest.candidates.find((c) => c.id === candidateId)?.name ?? candidateId;
}

// ---- menus -----------------------------------------------------------------------------------------------------

function menuDraft(state: MachineState, menu: Exclude<MenuState, { at: 'closed' }>): Draft {
  switch (menu.at) {
    case 'insert-key':
      return inspector('insert-key', (w) => w.insertKey);
    case 'passcode':
      return passcodeDraft(menu);
    case 'reading-time':
      return inspector('working', (w) => w.working);
    case 'time-check':
      return inspector(
        'time-check',
        (w) => ({ title: w.timeCheck.title, lines: [readableTime(menu.wallTime), ...sheetNews(state, w)] }),
        ['yes', 'no'],
      );
    case 'set-time':
      return inspector(
        'set-time',
        (w) => ({
          title: w.setTime(menu.field).title,
          lines: [readableTime(menu.wallTime), ...w.setTime(menu.field).lines],
        }),
        ['plus', 'minus', 'done'],
      );
    case 'administration':
      return administrationDraft(state, menu);
    case 'confirm':
      return inspector('confirm', (w) => w.certain(menu.action), ['yes', 'no']);
    case 'second-key':
      return inspector(
        'second-key',
        (w) => ({
          title: w.secondKey.title,
          lines: menu.note === undefined ? w.secondKey.lines : [w.sameParty, ...w.secondKey.lines],
        }),
        ['cancel'],
      );
    case 'numbers':
      return inspector(
        'numbers',
        (w) => ({
          title: w.number(menu.field).title,
          lines: [...w.number(menu.field).lines, String(menu.entered[menu.field])],
        }),
        ['enter', 'cancel'],
      );
    case 'working':
      return workingDraft(state.polls);
    case 'abandoned':
      return abandonedDraft(menu);
    case 'jam':
      return inspector(
        'jam',
        (w) => ({ title: w.jamNotCounted.title, lines: [...sheetNews(state, w), w.pressCleared] }),
        ['cleared', 'cancel'],
      );
  }
}

function passcodeDraft(menu: MenuState & { at: 'passcode' }): Draft {
  const { step } = menu;
  return inspector(
    'passcode',
    (w) => {
      const typed = '*'.repeat(menu.length);
      const wrong =
        step.is === 'waiting' || (step.is === 'typing' && step.wrongBefore) ? [w.wrongPasscode] : [];
      const wait = step.is === 'waiting' ? [w.waitSeconds(Math.ceil(step.waitMs / 1000))] : [];
      return { title: w.enterPasscode.title, lines: [...wrong, ...wait, ...w.enterPasscode.lines, typed] };
    },
    step.is === 'waiting' ? ['cancel'] : ['enter', 'cancel'],
  );
}

function administrationDraft(state: MachineState, menu: MenuState & { at: 'administration' }): Draft {
  return inspector(
    'administration',
    (w) => {
      const cast = state.counts === undefined ? [] : [`${w.ballotsCast}: ${state.counts.slots}`];
      const box = state.cards.box.is === 'refused' ? [state.cards.box.because] : [];
      const note = menu.note !== undefined && !box.includes(menu.note) ? [menu.note] : [];
      return {
        title: w.administration,
        lines: [w.role(menu.key.role), ...cast, ...box, ...note, ...sheetNews(state, w)],
      };
    },
    ['cancel'],
    menuItems(state, menu.key.role),
  );
}

/** What the start found out about the sheet that was inside: one of two sentences, never none. */
function sheetNews(state: MachineState, w: Words): readonly string[] {
  const { path } = state;
  switch (path.at) {
    case 'returning':
    case 'undoing':
    case 'in-mouth':
    case 'jammed':
      return [w.notCounted];
    case 'leaving':
    case 'ending':
      return [w.counted];
    case 'jammed-counted':
      return [w.counted, ...w.jamCounted.lines];
    case 'empty':
      if (path.told === undefined) return [];
      return [path.told.counted ? w.counted : w.notCounted];
    case 'feeding':
    case 'to-hold':
    case 'reading':
    case 'asking':
    case 'storing':
    case 'turning':
    case 'driving':
    case 'passing':
    case 'undecided':
      return [];
  }
}

function workingDraft(polls: PollsState): Draft {
  if (polls.at !== 'tapes') return inspector('working', (w) => w.working);
  const { run } = polls;
  const { step } = run;
  switch (step.is) {
    case 'printing':
      return inspector('printing', (w) => w.printing(run.tape, run.copy));
    case 'printer-stopped':
      return inspector('printer-stopped', (w) => w.printerStopped(step.because), ['yes', 'cancel']);
    case 'more-copies':
      return inspector('more-copies', (w) => w.moreCopies, ['yes', 'no']);
  }
}

function abandonedDraft(menu: MenuState & { at: 'abandoned' }): Draft {
  if (menu.bothKeys) return inspector('abandoned', (w) => w.abandoned, ['yes', 'no']);
  return inspector(
    'abandoned-second-key',
    (w) => ({
      title: w.abandonedSecondKey.title,
      lines:
        menu.note === undefined ? w.abandonedSecondKey.lines : [w.sameParty, ...w.abandonedSecondKey.lines],
    }),
    ['cancel'],
  );
}

/** `2026-11-03 06:00` */
function readableTime(wallTime: string): string {
  return wallTime.slice(0, 16).replace('T', ' ');
}

/** The whole display as plain text: what the demo prints and the tests read. */
export function screenText(model: ScreenModel): string {
  return model.content
    .map((content) =>
      [
        content.title,
        ...content.lines,
        ...content.itemLabels.map((label) => `  [ ${label} ]`),
        ...(content.keyLabels.length > 0
          ? [content.keyLabels.map((label) => `( ${label} )`).join('  ')]
          : []),
      ].join('\n'),
    )
    .join('\n');
}
