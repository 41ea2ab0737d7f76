/**
 * A name in hand-printed capitals, for write-in boxes: a small stroke alphabet on a grid four wide and six high, made
 * uneven by a hand's slant, size and tremor. Enough for a person to read it in the image; not a model of handwriting.
 */
import type { SeededRandom } from '../../ground/seeded-random.js';
import type { PointPx } from '../../ground/units.js';
import type { Stroke } from './ink.js';
import { pressed } from './strokes.js';

/** Strokes apart by spaces; a point is two digits: x 0 to 4, y 0 (top) to 6 (base line). */
const ALPHABET: Readonly<Record<string, string>> = {
  A: '062046 1434',
  B: '0006 0030413303 3344453606',
  C: '4130100105163645',
  D: '0006 003041453606',
  E: '40000646 0333',
  F: '400006 0333',
  G: '41301001051636454323',
  H: '0006 4046 0343',
  I: '2026',
  J: '4045361605',
  K: '0006 400346',
  L: '000646',
  M: '0600234046',
  N: '06004640',
  O: '100105163645413010',
  P: '06003041423303',
  Q: '100105163645413010 2446',
  R: '06003041423303 2346',
  S: '413010010213334445361605',
  T: '0040 2026',
  U: '000516364540',
  V: '002640',
  W: '0016233640',
  X: '0046 4006',
  Y: '002340 2326',
  Z: '00400646',
  '0': '100105163645413010',
  '1': '112026',
  '2': '01103041420646',
  '3': '004023334445361605',
  '4': '3036 300444',
  '5': '400003334445361605',
  '6': '4130100105163645443303',
  '7': '004016',
  '8': '13020110304142331304051636454433',
  '9': '43130201103041453616',
  '.': '2526',
  ',': '2517',
  "'": '2021',
  '-': '1333',
};

const GRID_HEIGHT = 6;
const ADVANCE = 5.6;

/** Whether every letter can be written; accents are left off (`JOSÉ` is written `JOSE`). */
export function canWrite(text: string): boolean {
  return Array.from(letters(text)).every((letter) => letter === ' ' || letter in ALPHABET);
}

/** The text on one line in a box from (0, 0) to (width, height), as large as fits, up to `heightPx * 0.62`. */
export function writing(text: string, widthPx: number, heightPx: number, random: SeededRandom): Stroke[] {
  const all = Array.from(letters(text));
  const unit = Math.min(
    (0.62 * heightPx) / GRID_HEIGHT,
    (0.94 * widthPx) / (ADVANCE * Math.max(1, all.length)),
  );
  const slant = random.between(-0.05, 0.25);
  const baseLine = 0.5 * heightPx + (unit * GRID_HEIGHT) / 2;
  const strokes: Stroke[] = [];
  let x = 0.03 * widthPx + unit;
  for (const letter of all) {
    const size = unit * random.between(0.88, 1.02);
    const lift = random.gaussian(0, 0.3 * unit);
    for (const path of (ALPHABET[letter] ?? '').split(' ').filter((path) => path !== '')) {
      const corners = gridPoints(path).map((point): PointPx => {
        const up = (GRID_HEIGHT - point.yPx) * size;
        return { xPx: x + point.xPx * size + slant * up, yPx: baseLine - up + lift };
      });
      strokes.push(handPath(corners, 0.22 * unit, random));
    }
    x += unit * (letter === 'I' || letter === '1' || letter === '.' ? 0.72 : 1) * ADVANCE;
  }
  return strokes;
}

function letters(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();
}

function gridPoints(path: string): PointPx[] {
  return Array.from({ length: path.length / 2 }, (_, i) => ({
    xPx: Number(path[2 * i]),
    yPx: Number(path[2 * i + 1]),
  }));
}

/** Corners that a hand misses a little, and lines between them that are not quite straight. */
function handPath(corners: readonly PointPx[], missPx: number, random: SeededRandom): Stroke {
  const missed = corners.map((corner) => ({
    xPx: corner.xPx + random.gaussian(0, missPx),
    yPx: corner.yPx + random.gaussian(0, missPx),
  }));
  const path = missed.flatMap((to, i): PointPx[] => {
    const from = missed[i - 1];
    if (from === undefined) return [to];
    const middle = {
      xPx: (from.xPx + to.xPx) / 2 + random.gaussian(0, missPx / 2),
      yPx: (from.yPx + to.yPx) / 2 + random.gaussian(0, missPx / 2),
    };
    return [middle, to];
  });
  return pressed(path, 0.6, 0.5);
}
