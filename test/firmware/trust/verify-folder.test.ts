import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const test = suite('trust/verify');
const FOLDER = 'firmware/trust/verify';

/** What a file imports for its running: types vanish when it is compiled. */
function importsOf(file: string): readonly string[] {
  const source = readFileSync(file, 'utf8');
  return [...source.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)';/gms)].map(
    (match) => match[1] ?? '',
  );
}

test('a page without Node can use it: nothing but tweetnacl and the ground is imported, however deep', () => {
  const waiting = readdirSync(FOLDER).map((name) => join(FOLDER, name));
  assert.ok(waiting.length >= 2);
  const seen = new Set<string>();
  const packages = new Set<string>();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const target of importsOf(file)) {
      if (target.startsWith('.'))
        waiting.push(normalize(join(dirname(file), target.replace(/\.js$/, '.ts'))));
      else packages.add(target);
    }
  }
  assert.equal([...packages], ['tweetnacl']);
  for (const file of seen) {
    assert.ok(file.startsWith(FOLDER) || file.startsWith('ground/'), `${file} is reached from ${FOLDER}`);
    assert.not.match(readFileSync(file, 'utf8'), /\b(?:Buffer|process)\./, file);
  }
});

test.run();
