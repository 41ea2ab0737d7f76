/** What a display says, before it is put into each language. */
import type { Language } from '../../election-def/definition.js';
import type { PanelKey } from '../machine/input.js';
import type { Action } from '../machine/roles.js';
import type { Saying, Words } from './words/words.js';

export interface Draft {
  readonly id: string;
  readonly audience: 'voter' | 'inspector';
  readonly say: (words: Words, language: Language) => Saying;
  readonly keys?: readonly PanelKey[];
  readonly items?: readonly Action[];
}

export function inspector(
  id: string,
  say: Draft['say'],
  keys: readonly PanelKey[] = [],
  items: readonly Action[] = [],
): Draft {
  return { id, audience: 'inspector', say, keys, items };
}

export function voter(id: string, say: Draft['say'], keys: readonly PanelKey[] = []): Draft {
  return { id, audience: 'voter', say, keys };
}
