/**
 * The order of things inside an export: manifest, list of ballots, common data format, as whoever downloads them
 * sees them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { orderGuesses, type Guess } from '../guess.js';

export function attackExportOrder(folder: string, ids: readonly string[]): readonly Guess[] {
  const orderIn = (file: string): readonly number[] => {
    const text = readFileSync(join(folder, file), 'utf8');
    const at = new Map<string, number>();
    for (const found of text.matchAll(/[0-9a-f]{32}/g)) {
      if (!at.has(found[0])) at.set(found[0], found.index);
    }
    return ids.map((id) => at.get(id) ?? 0);
  };
  return orderGuesses(ids, {
    'place in ballots.json': orderIn('ballots.json'),
    'place in cvr.json': orderIn('cvr.json'),
    'place in manifest.json': orderIn('manifest.json'),
  });
}
