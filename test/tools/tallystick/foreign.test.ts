/** The two verbs for other vendors' ballots on real files: a PDF and a PNG as blanks, JPEG and PNG scans, bad files. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { must } from '../../../ground/result.js';
import { rotate180 } from '../../../ground/grey-page.js';
import { seededRandom } from '../../../ground/seeded-random.js';
import { jpegBytes, pngBytes } from '../../../tools/image-write.js';
import { photograph } from '../../../tools/pen/not-a-ballot.js';
import { runProgram } from '../../../tools/tallystick/main.js';
import { otherBallot, otherStyles } from '../../vision/foreign/other-ballots.js';
import { markPage } from '../../vision/foreign/other-scans.js';
import { drawnAt } from '../../vision/foreign/sample-styles.js';

const test = suite('tallystick template and interpret --template');

const folder = mkdtempSync(join(tmpdir(), 'tallystick-foreign-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);

interface Answer {
  readonly status: number;
  readonly json: unknown;
}

async function call(...words: readonly string[]): Promise<Answer> {
  let out = '';
  const status = await runProgram([...words, '--json'], {
    out: (text) => (out += text),
    err: () => undefined,
    debug: true,
  });
  return { status, json: JSON.parse(out) as unknown };
}

interface OvalsJson {
  templates: {
    file: string;
    width: number;
    height: number;
    ovals: { id: string; x: number; y: number; w: number; h: number }[];
  }[];
}

interface PagesJson {
  pages: {
    image: string;
    readable: boolean;
    reason?: string;
    template: string;
    orientation: string;
    skewDegrees: number;
    ovals: Record<string, { x: number; y: number; verdict: string; score: { light: number } }>;
  }[];
}

let ovalCount = 0;
let marked = 0;

test.before(async () => {
  const [first, second] = [must(otherStyles[0], 'a style'), must(otherStyles[1], 'a style')];
  const ballot = await otherBallot(first, 'verb', 'Precinct 1');
  ovalCount = ballot.ovals.length;
  writeFileSync(file('blank.pdf'), ballot.pdf);
  const other = await otherBallot(second, 'verb', 'Precinct 1');
  writeFileSync(file('other.png'), await pngBytes(await drawnAt(other, 150)));
  const marks = markPage(await drawnAt(ballot, 200), ballot.ovals, first, seededRandom('verb'));
  marked = ballot.ovals.filter((_, i) => marks.inkIn(i, 0.25) >= 0.15).length;
  writeFileSync(file('scan.jpg'), await jpegBytes(marks.page));
  writeFileSync(file('turned.png'), await pngBytes(rotate180(marks.page)));
  writeFileSync(file('photo.jpg'), await jpegBytes(photograph('verb').front));
  writeFileSync(file('broken.jpg'), 'no image');
});

test('find-ovals writes an ovals file and pictures of what it found', async () => {
  const { status, json } = await call(
    'template',
    'find-ovals',
    file('blank.pdf'),
    file('other.png'),
    '--overlay',
    folder,
  );
  assert.is(status, 0);
  const { templates } = json as OvalsJson;
  assert.equal(
    templates.map((one) => [one.file, one.width, one.height]),
    [
      ['blank.pdf', 1700, 2200],
      ['other.png', 1275, 1650],
    ],
  );
  assert.is(templates[0]?.ovals.length, ovalCount);
  assert.equal(Object.keys(must(templates[0]?.ovals[0], 'an oval')), ['id', 'x', 'y', 'w', 'h']);
  const ids = templates.flatMap(({ ovals }) => ovals.map(({ id }) => id));
  assert.is(new Set(ids).size, ids.length);
  assert.ok(existsSync(file('blank.pdf-ovals.png')));
  writeFileSync(file('ovals.json'), JSON.stringify(json));
});

test('every image gets its entry: read upright, read turned, refused, unusable', async () => {
  const templates = [
    '--template',
    file('blank.pdf'),
    '--template',
    file('other.png'),
    '--ovals',
    file('ovals.json'),
  ];
  const images = ['scan.jpg', 'turned.png', 'photo.jpg', 'broken.jpg'].map(file);
  const { status, json } = await call('interpret', ...templates, '--image', ...images, '--overlay', folder);
  assert.is(status, 1);
  assert.equal(Object.keys(json as PagesJson), ['pages']);
  const [scan, turned, photo, broken] = (json as PagesJson).pages;
  for (const [page, orientation] of [
    [scan, 'upright'],
    [turned, 'rotated-180'],
  ] as const) {
    const read = must(page, 'an entry');
    assert.equal(Object.keys(read), ['image', 'readable', 'template', 'orientation', 'skewDegrees', 'ovals']);
    assert.is(read.template, 'blank.pdf');
    assert.is(read.orientation, orientation);
    assert.ok(Math.abs(read.skewDegrees) < 0.1);
    const verdicts = Object.values(read.ovals).map(({ verdict }) => verdict);
    assert.is(verdicts.length, ovalCount);
    assert.ok(verdicts.filter((verdict) => verdict !== 'blank').length >= marked);
    assert.equal(Object.keys(must(read.ovals['c1/o1'], 'the first oval')), ['x', 'y', 'verdict', 'score']);
  }
  assert.match(photo?.reason ?? '', /^no-template-fits: /);
  assert.match(broken?.reason ?? '', /^image-unusable: .*not an image/);
  assert.is(broken?.readable, false);
  assert.ok(existsSync(file('1-scan-overlay.png')));
});

test('a call that cannot be meant, and a file that does not fit, are said to be so', async () => {
  writeFileSync(
    file('bad.json'),
    '{"templates":[{"file":"other.png","width":1275,"height":1650,"ovals":[{"id":"a"}]}]}',
  );
  writeFileSync(
    file('wrong-size.json'),
    '{"templates":[{"file":"other.png","width":1000,"height":1300,"ovals":[]}]}',
  );
  const problemOf = async (...words: readonly string[]): Promise<string> => {
    const { status, json } = await call(...words);
    assert.is(status, 2, words.join(' '));
    return JSON.stringify(json);
  };
  const image = ['--image', file('scan.jpg')];
  const other = ['--template', file('other.png')];
  assert.match(await problemOf('interpret', ...image), /--election/);
  assert.match(await problemOf('interpret', ...other, ...image), /--ovals/);
  assert.match(await problemOf('interpret', ...other, '--ovals', file('ovals.json')), /--image/);
  assert.match(
    await problemOf('interpret', ...other, '--ovals', file('bad.json'), ...image),
    /"templates\[0\]\.ovals\[0\]\.x","reason":"is missing"/,
  );
  assert.match(
    await problemOf('interpret', ...other, '--ovals', file('broken.jpg'), ...image),
    /not-json.*line 1, column/,
  );
  assert.match(await problemOf('interpret', '--ovals', file('ovals.json'), ...image), /--template/);
  assert.match(
    await problemOf('template', 'find-ovals', file('other.png'), file('other.png')),
    /"other\.png\\" is given twice/,
  );
  assert.match(
    await problemOf('interpret', ...other, '--ovals', file('wrong-size.json'), ...image),
    /1275 x 1650/,
  );
  const unknown = ['--template', file('photo.jpg'), '--ovals', file('ovals.json')];
  assert.match(await problemOf('interpret', ...unknown, ...image), /photo\.jpg/);
  assert.match(
    await problemOf('interpret', ...other, '--ovals', file('ovals.json'), ...image, '--explain'),
    /--explain/,
  );
  assert.match(await problemOf('template', 'find-ovals', file('none.pdf')), /does not exist/);
  assert.match(await problemOf('template', 'find-ovals', file('broken.jpg')), /not an image/);
});

test.run();
