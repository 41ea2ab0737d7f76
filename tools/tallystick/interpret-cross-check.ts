/** `interpret --cross-check`: the reader against the second opinion, image by image. */
import { ok, type Result } from '../../ground/result.js';
import { systemClock } from '../../firmware/runtime/ports.js';
import type { ReadingContext } from '../../vision/context.js';
import {
  agreementOf,
  compareReadings,
  type Agreement,
  type Finding,
} from '../../vision/cross-check/compare.js';
import type { SecondReading } from '../../vision/cross-check/reading.js';
import { CrossChecker } from '../../vision/cross-check/thread.js';
import type { ReadImage } from './interpret-images.js';

/** One image's entry under `crossCheck` in the JSON. */
export interface CrossCheckedImage {
  readonly image: string;
  readonly findings: readonly Finding[];
  /** Of the ovals; nothing where one of the two refused the side. */
  readonly agreement?: Agreement;
  readonly second: SecondReading;
}

export async function crossCheckImages(
  images: readonly ReadImage[],
  { layouts, electionHash20 }: ReadingContext,
): Promise<Result<readonly CrossCheckedImage[]>> {
  const checker = new CrossChecker({ layouts, electionHash20 }, systemClock());
  try {
    const checked: CrossCheckedImage[] = [];
    for (const { name, page, result } of images) {
      const read = await checker.read(page);
      if (!read.ok) return read;
      const second = read.value;
      const agreement =
        result.kind === 'read' && second.kind === 'read'
          ? { agreement: agreementOf(result.reading, second) }
          : {};
      checked.push({ image: name, findings: compareReadings(result, second), ...agreement, second });
    }
    return ok(checked);
  } finally {
    await checker.close();
  }
}

export function describeCrossCheck({
  image,
  findings,
  agreement,
  second,
}: CrossCheckedImage): readonly string[] {
  if (findings.length > 0) {
    return [`Cross-check of ${image}: FINDING`, ...findings.map(({ detail }) => `  ${detail}`)];
  }
  if (agreement === undefined) {
    const says = second.kind === 'read' ? 'could be read' : `could not be read either (${second.reason})`;
    return [`Cross-check of ${image}: refused by the reader; for the second reading it ${says}`];
  }
  const { confirmed, ambiguous, unsure } = agreement;
  const rest = [
    ...(ambiguous > 0 ? [`${ambiguous} ambiguous for the reader`] : []),
    ...(unsure > 0 ? [`${unsure} on which the second reading has no opinion`] : []),
  ];
  const left = rest.length > 0 ? `; not compared: ${rest.join(', ')}` : '';
  return [`Cross-check of ${image}: agrees on the code, the orientation and ${confirmed} ovals${left}`];
}
