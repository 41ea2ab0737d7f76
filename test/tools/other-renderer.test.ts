/**
 * A ballot's PDF goes to printers with renderers that are not ours. Poppler (`pdftoppm`) stands for them: what it draws
 * must read as what we drew.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ballotPdf } from '../../election-def/ballot-pdf.js';
import { layOutElection } from '../../election-def/layout.js';
import { readDefinition } from '../../election-def/load.js';
import { readingContext } from '../../vision/context.js';
import { readSide } from '../../vision/read-side.js';
import { readImageFile } from '../../tools/image-files.js';
import { valueOf } from '../../tools/bench/office.js';

const test = suite('another renderer');

for (const name of ['dutchess-ny', 'boulder-co']) {
  test(`every page of ${name} reads the same when Poppler renders it`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tallystick-poppler-'));
    try {
      const loaded = valueOf(readDefinition(readFileSync(`election-def/samples/${name}.json`), name));
      const layouts = valueOf(layOutElection(loaded));
      const context = readingContext(layouts, loaded.hash20, loaded.definition.settings.markThresholds);
      for (const layout of layouts) {
        writeFileSync(join(folder, 'ballot.pdf'), await ballotPdf(loaded, layout, { test: false }));
        execFileSync('pdftoppm', [
          '-r',
          '200',
          '-gray',
          '-png',
          join(folder, 'ballot.pdf'),
          join(folder, layout.precinctId),
        ]);
        const pages = readdirSync(folder).filter((file) => file.startsWith(`${layout.precinctId}-`));
        assert.is(pages.length, 2 * layout.sheets.length);
        for (const [i, file] of pages.sort().entries()) {
          const result = readSide(valueOf(await readImageFile(join(folder, file))), context);
          const where = `${layout.precinctId}, page ${i + 1}`;
          assert.is(result.kind, 'read', where);
          if (result.kind !== 'read') continue;
          const { code, ovals } = result.reading;
          assert.is(code.precinctNumber, layout.precinctNumber, where);
          assert.is(code.side, i % 2 === 0 ? 'front' : 'back', where);
          assert.ok(
            ovals.every((oval) => oval.verdict === 'blank'),
            `${where}: an unmarked ballot has no marks`,
          );
        }
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test.run();
