/**
 * What stands on the scanner's display, derived from the machine's state by a pure function: the pages draw it, the
 * audio speaks it, the keys act on it, the demo and the tests read it. So they cannot disagree.
 */
import type { Language } from '../../election-def/definition.js';
import type { PanelKey } from '../machine/input.js';
import type { Action } from '../machine/roles.js';
import { electionOf, type MachineState } from '../machine/state.js';
import { inspector, type Draft } from './draft.js';
import { menuDraft } from './menu-screens.js';
import { pathDraft } from './sheet-screens.js';
import { english } from './words/en.js';
import { spanish } from './words/es.js';
import type { Words } from './words/words.js';

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
