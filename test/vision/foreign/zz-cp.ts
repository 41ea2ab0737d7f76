import { otherBallot, otherStyles } from './other-ballots.js';
import { rasterPdf } from '../../../tools/raster.js';
import { rotate180 } from '../../../ground/grey-page.js';
import { coarsePage, coarsePoses } from '../../../vision/foreign/coarse-pose.js';
const ts = [];
const scans = [];
for (const style of otherStyles) {
  const b = await otherBallot(style, 'a', 'Precinct 12');
  const r = await rasterPdf(b.pdf, 150, 'x');
  const r2 = await rasterPdf(b.pdf, 200, 'x');
  if (!r.ok || !r2.ok) throw new Error();
  ts.push(coarsePage(r.value[0]!)!);
  scans.push(r2.value[0]!);
}
for (const s of scans)
  for (const up of [true, false]) {
    const t0 = performance.now();
    const c = coarsePage(up ? s : rotate180(s))!;
    const t1 = performance.now();
    const p = coarsePoses(c, ts);
    const t2 = performance.now();
    console.log(
      (t1 - t0).toFixed(0),
      (t2 - t1).toFixed(0),
      c.skew,
      p.map((q) => `${q.template} ${q.orientation} ${q.strength.toFixed(2)}`).join('; '),
      JSON.stringify(p[0]!.map),
    );
  }
