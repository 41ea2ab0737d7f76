/**
 * Which attack gets what: the image of a card at each moment without and with the key, the opened records, log and
 * tapes, and an export's folder; each guess is judged against the truth.
 */
import { must } from '../../ground/result.js';
import { attackCardFiles } from './attacks/card-files.js';
import { attackExportFiles } from './attacks/export-files.js';
import { attackExportOrder } from './attacks/export-order.js';
import { attackOpenedIntents, attackSealedIntents } from './attacks/intent-cells.js';
import { attackJpegs } from './attacks/jpeg.js';
import { attackTexts } from './attacks/log-links.js';
import { attackNonces } from './attacks/nonces.js';
import { attackRecordContent } from './attacks/record-content.js';
import { attackRecordIds } from './attacks/record-ids.js';
import { attackScoreVectors } from './attacks/score-vectors.js';
import { attackSlotNoise } from './attacks/slot-noise.js';
import { attackSlotOrder } from './attacks/slot-order.js';
import { attackWeakIds } from './attacks/weak-ids.js';
import { attackWeakSlots } from './attacks/weak-slots.js';
import type { OpenedCard } from './card-view.js';
import { ELECTION_DAY, type Capture } from './simulate.js';
import type { Tally } from './tally.js';
import type { Truth } from './truth.js';

/** One image of one card, at any moment. */
export function attackCard(tally: Tally, { moment, image, header, keys, truth }: Capture): void {
  const card = { bytes: image, header };
  const judge = (attack: string, guesses: Parameters<Tally['judge']>[2]): void =>
    tally.judge(`${attack}, ${moment}`, 'card', guesses, truth);
  judge('noise of the slots', attackSlotNoise(card));
  judge('nonces', attackNonces(card));
  if (truth.pendingSlot !== undefined) judge('intent cells', attackSealedIntents(card));
  // While a ballot is being cast, who has the key sees which slot it goes to: that is what the intent is for.
  else tally.judge(`intent cells, ${moment}`, 'card and key', attackOpenedIntents(card, keys), truth);
}

/** What is on the card in the end, opened with the key; and what log and tapes say beside it. */
export function attackOpenedCard(
  tally: Tally,
  opened: OpenedCard,
  texts: readonly string[],
  recognised: readonly string[],
  truth: Truth,
): void {
  const judge = (attack: string, guesses: Parameters<Tally['judge']>[2]): void =>
    tally.judge(attack, 'card and key', guesses, truth);
  judge('place of the slot', attackSlotOrder(opened));
  judge('slots from a weak generator', attackWeakSlots(opened, ELECTION_DAY));
  judge('content of the slots', attackRecordContent(opened));
  judge('score vectors', attackScoreVectors(opened.ballots.map(({ record }) => record)));
  const ids = opened.ballots.map(({ id }) => id);
  tally.judge('record ids', 'export', attackRecordIds(ids, ELECTION_DAY), truth);
  tally.judge('ids from a weak generator', 'export', attackWeakIds(ids, recognised), truth);
  tally.judge('JPEG files', 'images', attackJpegs(ids, opened.ballots.map(frontOf)), truth);
  tally.judge('log and tapes', 'log and tape', attackTexts(texts, opened), truth);
}

export function attackExport(tally: Tally, folder: string, truth: Truth): void {
  const ids = [...truth.ids].sort();
  tally.judge('order in the export', 'export', attackExportOrder(folder, ids), truth);
  tally.judge('files of the export', 'export', attackExportFiles(folder, ids), truth);
}

export function attackCardFolder(tally: Tally, boxFile: string, opened: OpenedCard, truth: Truth): void {
  tally.judge('allocation on the card', 'card and key', attackCardFiles(boxFile, opened), truth);
}

/** The content begins with the front image behind its length. */
function frontOf({ content }: OpenedCard['ballots'][number]): Uint8Array {
  const length = new DataView(content.buffer, content.byteOffset).getUint32(0);
  return must(content.subarray(4, 4 + length), 'a front image');
}
