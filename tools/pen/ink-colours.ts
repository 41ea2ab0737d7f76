/**
 * Coloured ink as a grey head sees it. A scan head with one lamp sees no colours, only how much of its own light an
 * ink takes away; so the same red pen is dark under green light and nearly gone under red light. The shares are the
 * declared model of docs/formats/marked-sheets.md: chosen from how these inks look through colour filters, not
 * measured on pens.
 */
import type { SeededRandom } from '../../ground/seeded-random.js';
import type { Pen } from './ink.js';

/** The light of the head's lamp. White is the mean over what the eye sees. */
export const headLights = ['white', 'red', 'green', 'blue'] as const;
export type HeadLight = (typeof headLights)[number];

interface ColouredInk {
  /** Share of each light that a firm stroke takes away. */
  readonly takes: Readonly<Record<HeadLight, number>>;
  readonly radiusPx: readonly [number, number];
  readonly skip: number;
  readonly flow: number;
}

const ballpoint = { radiusPx: [1.6, 2.6], skip: 0.015, flow: 0.3 } as const;
/** Gel ink flows by itself: broader than a ballpoint's line, even, without gaps. */
const gel = { radiusPx: [2.2, 3.4], skip: 0, flow: 0.9 } as const;
const highlighter = { radiusPx: [9, 14], skip: 0, flow: 1 } as const;

export const colouredInks = {
  'black-ballpoint': { ...ballpoint, takes: { white: 0.85, red: 0.85, green: 0.85, blue: 0.85 } },
  'blue-ballpoint': { ...ballpoint, takes: { white: 0.7, red: 0.85, green: 0.65, blue: 0.3 } },
  'red-ballpoint': { ...ballpoint, takes: { white: 0.5, red: 0.06, green: 0.8, blue: 0.75 } },
  'green-ballpoint': { ...ballpoint, takes: { white: 0.6, red: 0.8, green: 0.3, blue: 0.65 } },
  'black-gel': { ...gel, takes: { white: 0.95, red: 0.95, green: 0.95, blue: 0.95 } },
  'red-gel': { ...gel, takes: { white: 0.55, red: 0.08, green: 0.85, blue: 0.8 } },
  'yellow-highlighter': { ...highlighter, takes: { white: 0.08, red: 0.02, green: 0.05, blue: 0.5 } },
  'pink-highlighter': { ...highlighter, takes: { white: 0.25, red: 0.04, green: 0.5, blue: 0.25 } },
} as const satisfies Record<string, ColouredInk>;
export type ColouredInkName = keyof typeof colouredInks;

/** How much one pen's ink differs from another's of the same name. */
const SPREAD = 0.1;

export function colouredPen(name: ColouredInkName, light: HeadLight, random: SeededRandom): Pen {
  const ink: ColouredInk = colouredInks[name];
  return {
    radiusPx: random.between(...ink.radiusPx),
    opacity: Math.min(0.98, ink.takes[light] * random.between(1 - SPREAD, 1 + SPREAD)),
    grain: 0.05,
    skip: ink.skip,
    softness: 0,
    flow: ink.flow,
  };
}
