/**
 * `tallystick ballot print`: the blank ballots of an election as PDF files, one a ballot style and precinct, ready
 * for the printer.
 */
import { open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ballotPdf } from '../../election-def/ballot-pdf.js';
import { layOutElection } from '../../election-def/layout.js';
import type { BallotLayout } from '../../election-def/layout-types.js';
import { MAX_DEFINITION_BYTES, readDefinition, type LoadedDefinition } from '../../election-def/load.js';
import { errorCode, readBoundedFile } from '../../firmware/trust/bounded-file.js';
import { describeProblem, err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { makeFolder } from '../make-folder.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';

const HELP = `tallystick ballot print --election DEFINITION.json --out DIR
                        [--style ID] [--precinct ID] [--test]

Lays out the ballots of an election and writes each as a PDF file into DIR: all sides of all its sheets in order
(front, back, front, back …), in the exact size of the paper. Print them double-sided and unscaled ("actual size").

  --election FILE  the election definition (docs/formats/election-definition.md)
  --out DIR        where the files go; made if it is not there. A file there that is no PDF is never overwritten
  --style ID       only this ballot style
  --precinct ID    only this precinct
  --test           test ballots: they say TEST BALLOT, and a machine in an official election gives them back
  --json           print the list of files as JSON

Exit status: 0 written; 1 the election cannot be printed as it stands; 2 the call or a file cannot be used.

Example: tallystick ballot print --election dutchess-ny.json --test --out ballots
`;

export const ballotPrint: Verb = {
  name: 'ballot print',
  summary: 'write the blank ballots of an election as PDF files',
  help: HELP,
  options: {
    election: { type: 'string', required: true },
    out: { type: 'string', required: true },
    style: { type: 'string' },
    precinct: { type: 'string' },
    test: { type: 'boolean' },
  },
  positionals: [],
  run,
};

interface PrintedBallot {
  readonly style: string;
  readonly precinct: string;
  readonly sheets: number;
  readonly path: string;
}

async function run(args: VerbArguments): Promise<VerbOutcome> {
  const path = args.required('election');
  const bytes = await readBoundedFile(path, MAX_DEFINITION_BYTES, path);
  if (!bytes.ok) return unusable(bytes.error);
  const loaded = readDefinition(bytes.value, path);
  if (!loaded.ok) return finding(loaded.error);
  const layouts = layOutElection(loaded.value);
  if (!layouts.ok) return finding(layouts.error);
  const wanted = choose(loaded.value, layouts.value, args.one('style'), args.one('precinct'));
  if (!wanted.ok) return unusable(wanted.error);

  const directory = args.required('out');
  const test = args.flag('test');
  const made = await makeFolder(directory);
  if (!made.ok) return unusable(made.error);
  const printed: PrintedBallot[] = [];
  for (const layout of wanted.value) {
    const name = `${loaded.value.definition.id}-${layout.styleId}-${layout.precinctId}${test ? '-test' : ''}.pdf`;
    const file = join(directory, name);
    const written = await writePdf(file, await ballotPdf(loaded.value, layout, { test }));
    if (!written.ok) return unusable(written.error);
    const { styleId: style, precinctId: precinct, sheets } = layout;
    printed.push({ style, precinct, sheets: sheets.length, path: file });
  }
  const lines = printed.map(
    ({ path: file, sheets }) => `${file}  (${sheets} sheet${sheets === 1 ? '' : 's'})`,
  );
  return { kind: 'done', text: lines.join('\n'), json: { test, ballots: printed } };
}

function finding(problems: readonly Problem[]): VerbOutcome {
  return { kind: 'finding', text: problems.map(describeProblem).join('\n'), json: { problems } };
}

function choose(
  { definition }: LoadedDefinition,
  layouts: readonly BallotLayout[],
  style: string | undefined,
  precinct: string | undefined,
): Result<readonly BallotLayout[]> {
  if (style !== undefined && !definition.ballotStyles.some(({ id }) => id === style)) {
    return err(problem('unknown-style', definition.id, '--style', `has no ballot style ${style}`));
  }
  if (precinct !== undefined && !definition.precincts.some(({ id }) => id === precinct)) {
    return err(problem('unknown-precinct', definition.id, '--precinct', `has no precinct ${precinct}`));
  }
  const wanted = layouts.filter(
    (layout) =>
      (style === undefined || layout.styleId === style) &&
      (precinct === undefined || layout.precinctId === precinct),
  );
  if (wanted.length > 0) return ok(wanted);
  const reason = `style ${style ?? ''} is not that of precinct ${precinct ?? ''}`;
  return err(problem('no-such-ballot', definition.id, '--style', reason));
}

/** Whole or not at all: written beside, flushed, renamed. */
async function writePdf(path: string, pdf: Uint8Array): Promise<Result<void>> {
  const beside = `${path}.part`;
  try {
    if (await isForeign(path)) {
      return err(problem('not-a-pdf', path, '', 'is there already and is no PDF; it is left alone'));
    }
    const file = await open(beside, 'w');
    try {
      await file.writeFile(pdf);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    return ok(undefined);
  } catch (thrown) {
    await rm(beside, { force: true });
    return fileProblem(thrown, path, 'cannot be written');
  }
}

/** Something is there, and it is not a PDF file. */
async function isForeign(path: string): Promise<boolean> {
  const there = await stat(path).catch((thrown: unknown) => {
    if (errorCode(thrown) === 'ENOENT') return undefined;
    throw thrown;
  });
  if (there === undefined) return false;
  if (!there.isFile()) return true;
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(5), 0, 5, 0);
    return buffer.toString('latin1', 0, bytesRead) !== '%PDF-';
  } finally {
    await file.close();
  }
}

function fileProblem(thrown: unknown, path: string, what: string): Result<never> {
  return err(problem('file', path, '', `${what} (${errorCode(thrown)})`));
}
