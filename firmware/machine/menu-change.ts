/** What a menu answers: its next state, and perhaps what was authorised on it. */
import type { ReconciliationNumbers } from './input.js';
import type { Action } from './roles.js';
import type { KeyHolder, MenuState } from './state.js';

/** A menu's answer may carry what it authorised. */
export interface MenuChange {
  readonly menu: MenuState;
  readonly authorise?: { readonly action: Action; readonly numbers?: ReconciliationNumbers };
}

/** The Administration Menu, with a note when something failed. */
export function administration(key: KeyHolder, note?: string): MenuChange {
  return { menu: { at: 'administration', key, note } };
}
