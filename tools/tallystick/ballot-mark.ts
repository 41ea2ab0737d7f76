/**
 * `tallystick ballot mark`: a simulated voter. Prints a sheet of the election, marks it with a pen, scans it, and
 * writes both images with the truth about the ink: test material for `interpret` and for people who want to see
 * what the machine makes of a hesitant check mark. Nothing here is a ballot: ovals come from the layout, ink from
 * `tools/pen`, and the seed makes it repeatable.
 */
import { lstat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ballotPdf } from '../../election-def/ballot-pdf.js';
import type { BallotLayout, SheetLayout } from '../../election-def/layout-types.js';
import { layOutElection } from '../../election-def/layout.js';
import { MAX_DEFINITION_BYTES, readDefinition, type LoadedDefinition } from '../../election-def/load.js';
import { pageFrame } from '../../election-def/page-frame.js';
import { errorCode, readBoundedFile } from '../../firmware/trust/bounded-file.js';
import { openElectionPackage } from '../../firmware/trust/election-package.js';
import { assert, err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { seededRandom } from '../../ground/seeded-random.js';
import { SCAN_DPI } from '../../ground/units.js';
import { pngBytes } from '../image-write.js';
import { makeFolder } from '../make-folder.js';
import { penNames } from '../pen/ink.js';
import { feedOrientations, markSheet, type MarkedScan, type MarkWish } from '../pen/marked-sheet.js';
import type { CleanSheet } from '../pen/paper.js';
import { perfectScan, randomScan } from '../pen/scan-conditions.js';
import { rasterPdf } from '../raster.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';
import { randomWishes, readWishes } from './ballot-mark-wishes.js';

export const MARK_TRUTH_FORMAT = 'tallystick-mark-truth/1';

type Problems<T> = Result<T, readonly Problem[]>;

export const ballotMark: Verb = {
  name: 'ballot mark',
  summary: 'mark a sheet with a simulated pen and scan it with a simulated head',
  help: `tallystick ballot mark --election DEFINITION.json|PACKAGE [options] --out DIRECTORY

Prints one sheet of the election's ballots, marks it, scans it, and writes
  first.png, second.png   what the upper and the lower scan head see
  truth.json              the ink measured in every marked oval, before scanning
The model of pens and scan heads: docs/formats/marked-sheets.md.

  --election PATH         a definition (JSON), or the folder of an election package
  --style ID              ballot style; without it the first that fits
  --precinct ID           precinct; without it the first of the style
  --sheet N               sheet of the ballot, 1 without it
  --test                  a ballot printed for tests only
  --mark C/O[=KIND]       mark option O of contest C; may be repeated. Kinds: full (without
                          KIND), overfull, half, edge, x, check, slash, pencil-line,
                          light-pencil, highlighter, dot, fleck, smudge, erasure, circle,
                          crossed-out, stray-line, none
  --write-in C/O=TEXT     write TEXT into the write-in box; marks the oval too, unless
                          --mark says otherwise
  --random                instead of --mark: draw selections and kinds from the seed
  --pen NAME              ballpoint (without it), marker, pencil
  --orientation NAME      front-head-first (without it), front-foot-first,
                          back-head-first, back-foot-first
  --seed TEXT             same seed, same pixels; 1 without it
  --clean                 a perfect scan: no skew, blur, noise
  --out DIRECTORY         made if it is not there
  --json                  print truth.json's content

Exit status: 0 written; 2 the call or its input cannot be used.

Example:
  tallystick ballot mark --election dutchess.json --mark governor/doyle-dem=check --out scans`,
  options: {
    election: { type: 'string', required: true },
    style: { type: 'string' },
    precinct: { type: 'string' },
    sheet: { type: 'string' },
    test: { type: 'boolean' },
    mark: { type: 'string', multiple: true },
    'write-in': { type: 'string', multiple: true },
    random: { type: 'boolean' },
    pen: { type: 'string' },
    orientation: { type: 'string' },
    seed: { type: 'string' },
    clean: { type: 'boolean' },
    out: { type: 'string', required: true },
  },
  positionals: [],
  run,
};

async function run(args: VerbArguments): Promise<VerbOutcome> {
  const pen = oneOf('--pen', args.one('pen') ?? 'ballpoint', penNames);
  if (!pen.ok) return unusable(pen.error);
  const orientation = oneOf('--orientation', args.one('orientation') ?? 'front-head-first', feedOrientations);
  if (!orientation.ok) return unusable(orientation.error);
  const election = await loadElection(args.required('election'));
  if (!election.ok) return unusable(...election.error);
  const ballot = chooseBallot(election.value.layouts, args);
  if (!ballot.ok) return unusable(ballot.error);
  const sheet = chooseSheet(ballot.value, args.one('sheet') ?? '1');
  if (!sheet.ok) return unusable(sheet.error);

  const seed = args.one('seed') ?? '1';
  const wishes = chooseWishes(election.value.loaded, ballot.value, sheet.value, seed, args);
  if (!wishes.ok) return unusable(...wishes.error);

  const clean = await printSheet(election.value.loaded, ballot.value, sheet.value, args.flag('test'));
  if (!clean.ok) return unusable(clean.error);
  const conditions = args.flag('clean')
    ? perfectScan()
    : randomScan(seededRandom(`${seed}/conditions`), pageFrame(ballot.value.paper).heightMm);
  const options = { pen: pen.value, orientation: orientation.value, conditions, seed };
  const scan = markSheet(clean.value, sheet.value, wishes.value, options);
  const truth = {
    format: MARK_TRUTH_FORMAT,
    styleId: ballot.value.styleId,
    precinctId: ballot.value.precinctId,
    sheet: sheet.value.sheet,
    test: args.flag('test'),
    ...options,
    marks: scan.truth,
    touched: scan.others.filter(({ ink }) => ink.light > 0),
  };
  const written = await writeScan(args.required('out'), scan, truth);
  if (!written.ok) return unusable(written.error);
  const marks = scan.truth.length === 1 ? '1 mark' : `${scan.truth.length} marks`;
  const text = `${args.required('out')}: first.png, second.png and truth.json, with ${marks}`;
  return { kind: 'done', text, json: truth };
}

function oneOf<T extends string>(option: string, given: string, known: readonly T[]): Result<T> {
  const found = known.find((name) => name === given);
  if (found !== undefined) return ok(found);
  return err(problem('usage', option, '', `"${given}" is none of ${known.join(', ')}`));
}

interface Election {
  readonly loaded: LoadedDefinition;
  readonly layouts: readonly BallotLayout[];
}

/** A folder is taken for a package; whose signature it carries does not matter for test material. */
async function loadElection(path: string): Promise<Problems<Election>> {
  const isFolder = await lstat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (isFolder) {
    const opened = await openElectionPackage(path);
    if (!opened.ok) return opened;
    const { definition, definitionBytes: bytes, definitionSha256: sha256Hex, hash20, layouts } = opened.value;
    return ok({ loaded: { definition, bytes, sha256Hex, hash20 }, layouts });
  }
  const where = basename(path);
  const bytes = await readBoundedFile(path, MAX_DEFINITION_BYTES, where);
  if (!bytes.ok) return err([bytes.error]);
  const loaded = readDefinition(bytes.value, where);
  if (!loaded.ok) return loaded;
  const layouts = layOutElection(loaded.value);
  if (!layouts.ok) return layouts;
  return ok({ loaded: loaded.value, layouts: layouts.value });
}

function chooseBallot(layouts: readonly BallotLayout[], args: VerbArguments): Result<BallotLayout> {
  const style = args.one('style');
  const precinct = args.one('precinct');
  const found = layouts.find(
    (layout) =>
      (style === undefined || layout.styleId === style) &&
      (precinct === undefined || layout.precinctId === precinct),
  );
  if (found !== undefined) return ok(found);
  const wanted = [
    ...(style === undefined ? [] : [`style "${style}"`]),
    ...(precinct === undefined ? [] : [`precinct "${precinct}"`]),
  ].join(' and ');
  return err(problem('no-such-ballot', '--election', '', `has no ballot of ${wanted}`));
}

function chooseSheet(ballot: BallotLayout, given: string): Result<SheetLayout> {
  const sheet = ballot.sheets.find(({ sheet }) => String(sheet) === given);
  if (sheet !== undefined) return ok(sheet);
  return err(
    problem('usage', '--sheet', '', `"${given}": this ballot has sheets 1 to ${ballot.sheets.length}`),
  );
}

function chooseWishes(
  loaded: LoadedDefinition,
  ballot: BallotLayout,
  sheet: SheetLayout,
  seed: string,
  args: VerbArguments,
): Problems<readonly MarkWish[]> {
  const marks = args.many('mark');
  const writeIns = args.many('write-in');
  if (!args.flag('random')) return readWishes(ballot, sheet, marks, writeIns);
  if (marks.length + writeIns.length > 0) {
    return err([problem('usage', '--random', '', 'cannot be given together with --mark or --write-in')]);
  }
  return ok(randomWishes(loaded.definition, sheet, seededRandom(`${seed}/selections`)));
}

async function printSheet(
  loaded: LoadedDefinition,
  ballot: BallotLayout,
  sheet: SheetLayout,
  test: boolean,
): Promise<Result<CleanSheet>> {
  const pdf = await ballotPdf(loaded, { ...ballot, sheets: [sheet] }, { test });
  const pages = await rasterPdf(pdf, SCAN_DPI, 'the printed sheet');
  if (!pages.ok) return pages;
  const [front, back] = pages.value;
  assert(front !== undefined && back !== undefined, 'a sheet has two sides');
  return ok({ front, back });
}

async function writeScan(directory: string, scan: MarkedScan, truth: object): Promise<Result<void>> {
  const made = await makeFolder(directory);
  if (!made.ok) return made;
  try {
    await writeFile(join(directory, 'first.png'), await pngBytes(scan.first));
    await writeFile(join(directory, 'second.png'), await pngBytes(scan.second));
    await writeFile(join(directory, 'truth.json'), `${JSON.stringify(truth, null, 2)}\n`);
    return ok(undefined);
  } catch (thrown) {
    return err(problem('not-written', '--out', '', `${directory} cannot be written (${errorCode(thrown)})`));
  }
}
