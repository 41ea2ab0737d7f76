/** The ballot's words in a language. */
import type { Language } from '../definition.js';
import { en } from './en.js';
import { es } from './es.js';
import type { BallotWords } from './words.js';

const all: Readonly<Record<Language, BallotWords>> = { en, es };

export function ballotWords(language: Language): BallotWords {
  return all[language];
}
