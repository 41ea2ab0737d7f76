import { otherBallot, otherStyles } from './other-ballots.js';
import { markPage, officeScan, randomOfficeScan } from './other-scans.js';
import { rasterPdf } from '../../../tools/raster.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { findOvals } from '../../../vision/foreign/find-ovals.js';
import { foreignTemplate, readForeignPage } from '../../../vision/foreign/foreign-page.js';
import { defaultMarkThresholds } from '../../../election-def/mark-thresholds.js';
import { writeFileSync } from 'node:fs';
import { pngBytes } from '../../../tools/image-write.js';
import sharp from 'sharp';
const N = Number(process.argv[2] ?? 14),
  FROM = Number(process.argv[3] ?? 0);
const templates = [];
const ballots = [];
for (const [k, style] of otherStyles.entries()) {
  const blank = await otherBallot(style, `t${k}`, 'Precinct 12');
  const other = await otherBallot(style, `t${k}`, 'Precinct 340 Upper Fields');
  const dpi = [150, 200, 300][k % 3]!;
  const r = await rasterPdf(blank.pdf, dpi, 'x');
  const r2 = await rasterPdf(other.pdf, 200, 'x');
  if (!r.ok || !r2.ok) throw new Error();
  const page = r.value[0]!;
  const ovals = [...findOvals(page)];
  const t = foreignTemplate({ file: `t${k}`, width: page.widthPx, height: page.heightPx, ovals }, page)!;
  // order: true ovals
  const order = blank.ovals.map((o) =>
    ovals.findIndex((f) => Math.hypot(f.x + 0.5 - (o.x * dpi) / 72, f.y + 0.5 - (o.y * dpi) / 72) < 4),
  );
  if (order.includes(-1) || ovals.length !== blank.ovals.length)
    console.log('find problem', style.name, order.length, ovals.length, order.filter((x) => x < 0).length);
  templates.push(t);
  ballots.push({ clean: r2.value[0]!, blank, order, style });
}
let clear = 0,
  amb = 0,
  err = 0,
  refused = 0,
  wrongT = 0;
let tRead = 0,
  tGen = 0;
let worst = 0;
const foundMin: number[] = [];
const ambKinds: Record<string, number> = {};
const kinds: Record<string, number> = {};
for (let n = FROM; n < FROM + N; n++) {
  const k = n % ballots.length;
  const b = ballots[k]!;
  const random = seededRandom(`foreign ${n}`);
  const t0 = performance.now();
  const m = markPage(b.clean, b.blank.ovals, b.style, random.fork('marks'));
  const sc = randomOfficeScan(random.fork('scan'));
  const scan = await officeScan(m.page, sc, random.fork('noise'));
  const t1 = performance.now();
  const r = readForeignPage(scan, templates, defaultMarkThresholds);
  const t2 = performance.now();
  tGen += t1 - t0;
  tRead += t2 - t1;
  if (!r.readable) {
    refused++;
    console.log(n, b.style.name, 'REFUSED', r.reason, r.detail, JSON.stringify(sc));
    continue;
  }
  if (r.template !== `t${k}` || r.orientation !== (sc.upsideDown ? 'rotated-180' : 'upright')) {
    wrongT++;
    console.log(n, 'WRONG', r.template, r.orientation, JSON.stringify(sc));
    continue;
  }
  const drop = sc.tones === "grey" ? 0.25 : 1 - sc.cutAt + 0.08;
  m.marks.forEach((kind, i) => {
    const o = r.ovals[b.order[i]!]!;
    const ink = m.inkIn(i, drop);
    const any = m.inkIn(i, 0.02);
    const truth = ink >= 0.15 ? 'marked' : kind === 'none' && any === 0 ? 'blank' : undefined;
    if (truth === undefined) return;
    clear++;
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    if (o.verdict === 'ambiguous') {
      amb++;
      ambKinds[`${kind} ${sc.tones}`] = (ambKinds[`${kind} ${sc.tones}`] ?? 0) + 1;
      if (amb < 30) console.log(n, k, 'amb', kind, ink.toFixed(2), sc.tones, JSON.stringify(o.score));
    } else if (o.verdict !== truth) {
      err++;
      console.log(n, k, 'ERROR', kind, ink.toFixed(2), truth, o.verdict, sc.tones, JSON.stringify(o.score));
    }
    worst = Math.max(worst, Math.hypot(o.score.offsetXPx, o.score.offsetYPx));
  });
  if (process.argv[4] === 'draw') {
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="${scan.widthPx}" height="${scan.heightPx}">` +
      r.ovals
        .map(
          (f) =>
            `<ellipse cx="${f.centre.xPx + 0.5}" cy="${f.centre.yPx + 0.5}" rx="${((b.style.ovalMm[0] / 2 + 0.5) / 25.4) * sc.dpi}" ry="${((b.style.ovalMm[1] / 2 + 0.5) / 25.4) * sc.dpi}" fill="none" stroke="${{ blank: '#888', marked: 'lime', ambiguous: 'orange' }[f.verdict]}" stroke-width="4"/>`,
        )
        .join('') +
      '</svg>';
    await sharp(await pngBytes(scan))
      .toColourspace('srgb')
      .composite([{ input: Buffer.from(svg) }])
      .png()
      .toFile(`/tmp/look-foreign/read-${n}.png`);
  }
}
console.log({
  N,
  clear,
  amb,
  err,
  refused,
  wrongT,
  worst,
  genMs: tGen / N,
  readMs: tRead / N,
  ambKinds,
  kinds,
});
