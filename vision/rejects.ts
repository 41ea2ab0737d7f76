/**
 * The sentences of a refused side: one for the person at the machine, beside the technician's detail that the
 * `Reject` itself carries. A refusal never says how a ballot is marked.
 */
import type { Reject, RejectReason } from './reading.js';

const SENTENCES: Readonly<Record<RejectReason, string>> = {
  'image-too-small': 'The image is too small to be a side of a ballot.',
  'no-timing-marks': 'No timing marks were found: this is not a ballot that this machine can read.',
  'timing-marks-damaged': 'Too many timing marks are missing or damaged to be sure where the ovals are.',
  'wrong-size': 'The size of the sheet is not the size of this ballot.',
  'too-much-skew': 'The sheet went in at too much of an angle.',
  'wrong-scale': 'The sheet is printed or scanned too large or too small.',
  'code-unreadable': 'The ballot code could not be read at either end of the sheet.',
  'codes-differ': 'The ballot codes at the two ends of the sheet do not agree.',
  'wrong-election': 'The ballot is from another election.',
  'unknown-ballot-style': 'The ballot style is not one of this election.',
  'sides-do-not-match': 'The two sides do not belong to one sheet.',
  'streak-on-a-target': 'A streak runs over an oval: the scan head needs cleaning.',
  'several-sheets': 'More than one sheet was fed at once.',
};

export function rejectSentence(reason: RejectReason): string {
  return SENTENCES[reason];
}

export function reject(reason: RejectReason, detail: string): Reject {
  return { reason, detail };
}
