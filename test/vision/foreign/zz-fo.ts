import { otherBallot, otherStyles } from '/work/main/test/vision/foreign/other-ballots.js';
import { rasterPdf } from '/work/main/tools/raster.js';
import { pngBytes } from '/work/main/tools/image-write.js';
import { findOvals } from '/work/main/vision/foreign/find-ovals.js';
import { writeFileSync, mkdirSync } from 'node:fs';
import sharp from 'sharp';
mkdirSync('/tmp/look-foreign', { recursive: true });
let k = 0;
for (const style of otherStyles) {
  k++;
  for (const dpi of [150, 200, 300]) {
    const b = await otherBallot(style, 'a', 'Precinct 12');
    const r = await rasterPdf(b.pdf, dpi, 'x');
    if (!r.ok) throw new Error(JSON.stringify(r.error));
    const page = r.value[0]!;
    const t = performance.now();
    const found = findOvals(page);
    const ms = performance.now() - t;
    const s = dpi / 72;
    const missing = b.ovals.filter(
      (o) => !found.some((f) => Math.hypot(f.x + 0.5 - o.x * s, f.y + 0.5 - o.y * s) < 3),
    );
    const extra = found.filter(
      (f) => !b.ovals.some((o) => Math.hypot(f.x + 0.5 - o.x * s, f.y + 0.5 - o.y * s) < 3),
    );
    console.log(
      style.name,
      dpi,
      b.ovals.length,
      'found',
      found.length,
      'missing',
      missing.length,
      'extra',
      extra.length,
      ms.toFixed(0),
      'ms',
      found[0],
      ((style.ovalMm[0] / 25.4) * dpi).toFixed(1),
      ((style.ovalMm[1] / 25.4) * dpi).toFixed(1),
    );
    if (dpi === 200) {
      const svg =
        `<svg xmlns="http://www.w3.org/2000/svg" width="${page.widthPx}" height="${page.heightPx}">` +
        found
          .map(
            (f) =>
              `<ellipse cx="${f.x + 0.5}" cy="${f.y + 0.5}" rx="${f.w / 2}" ry="${f.h / 2}" fill="none" stroke="red" stroke-width="3"/><text x="${f.x + 30}" y="${f.y}" fill="blue" font-size="18">${f.id}</text>`,
          )
          .join('') +
        '</svg>';
      await sharp(await pngBytes(page))
        .toColourspace('srgb')
        .composite([{ input: Buffer.from(svg) }])
        .png()
        .toFile(`/tmp/look-foreign/found-${k}.png`);
    }
  }
}
