#!/usr/bin/env node
/**
 * `tallystick`: finds the verb, prints help, and turns what a verb returns into words or JSON and an exit status:
 * 0 fine, 1 a finding, 2 the call or its input cannot be used, 70 this program itself is wrong (EX_SOFTWARE of
 * sysexits.h). What is asked for goes to standard output; problems go to standard error, one a line.
 */
import { realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describeProblem, err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { ballotMark } from './ballot-mark.js';
import { ballotPrint } from './ballot-print.js';
import { boxCheck } from './box-check.js';
import { boxExport } from './box-export.js';
import { boxOpen } from './box-open.js';
import { readArguments, type Verb } from './command.js';
import { electionBuild, electionCheck } from './election.js';
import { interpret } from './interpret.js';
import { keysAuthority, keysDevice, keysSecurityKey } from './keys.js';
import { logExport } from './log-export.js';
import { logShow, logVerify } from './log.js';
import { recount } from './recount.js';
import { templateFindOvals } from './template.js';
import { verify } from './verify.js';

/** In the order in which an office meets them. */
export const verbs: readonly Verb[] = [
  electionCheck,
  keysAuthority,
  keysSecurityKey,
  keysDevice,
  electionBuild,
  ballotPrint,
  ballotMark,
  interpret,
  templateFindOvals,
  boxCheck,
  boxOpen,
  boxExport,
  logShow,
  logVerify,
  logExport,
  verify,
  recount,
];

export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** When something unexpected is thrown, its stack is shown. */
  readonly debug: boolean;
}

const EXIT_FINDING = 1;
const EXIT_UNUSABLE = 2;
const EXIT_SOFTWARE = 70;

/** The whole program but its process; returns the exit status and never throws. */
export async function runProgram(words: readonly string[], output: Output): Promise<number> {
  const call = readCall(words);
  if (!call.ok) return refuse([call.error], words.includes('--json'), output);
  try {
    return await answer(call.value, output);
  } catch (thrown) {
    if (output.debug && thrown instanceof Error) output.err(thrown.stack ?? '');
    const said = thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown);
    const reason = `something is wrong in this program itself: ${said} (TALLYSTICK_DEBUG=1 shows where)`;
    refuse([problem('internal', 'tallystick', '', reason)], call.value.json, output);
    return EXIT_SOFTWARE;
  }
}

interface Call {
  readonly json: boolean;
  readonly wish:
    | { readonly is: 'help'; readonly text: string }
    | { readonly is: 'version' }
    | { readonly is: 'verb'; readonly verb: Verb; readonly words: readonly string[] };
}

/** What belongs to the program (`--json`, `--help`, `--version`) is taken out; the rest is the verb's. */
function readCall(words: readonly string[]): Result<Call> {
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  const own = words.slice(0, end);
  const isHelp = own.some((word) => word === '--help' || word === '-h');
  const jsons = own.filter((word) => word === '--json').length;
  const json = jsons > 0;
  if (jsons > 1) return usage('--json is given twice');
  const rest = [...own.filter((word) => !['--json', '--help', '-h'].includes(word)), ...words.slice(end)];
  const [first, second] = rest;
  if (first === undefined && isHelp) return ok({ json, wish: { is: 'help', text: programHelp() } });
  if (first === '--version' && second === undefined) return ok({ json, wish: { is: 'version' } });
  if (first === undefined) return usage('a verb is missing');
  if (first.startsWith('-')) return usage(`"${first}" stands where a verb is wanted`);
  const verb = verbs.find(({ name }) => name === first || name === `${first} ${second ?? ''}`);
  if (verb === undefined) return ofNoun(first, second, isHelp, json);
  if (isHelp) return ok({ json, wish: { is: 'help', text: verb.help.trimEnd() } });
  return ok({ json, wish: { is: 'verb', verb, words: rest.slice(verb.name.split(' ').length) } });
}

function ofNoun(noun: string, second: string | undefined, isHelp: boolean, json: boolean): Result<Call> {
  const same = verbs.filter(({ name }) => name.startsWith(`${noun} `));
  if (same.length === 0) return usage(`there is no verb "${noun}"`);
  if (isHelp) return ok({ json, wish: { is: 'help', text: verbList(same) } });
  const known = same.map(({ name }) => `"${name}"`).join(', ');
  return usage(second === undefined ? `which of ${known}?` : `"${noun} ${second}" is none of ${known}`);
}

function usage(reason: string): Result<never> {
  return err(problem('usage', 'tallystick', '', `${reason} (see tallystick --help)`));
}

async function answer({ wish, json }: Call, output: Output): Promise<number> {
  if (wish.is === 'help') {
    output.out(json ? JSON.stringify({ help: wish.text }) : wish.text);
    return 0;
  }
  if (wish.is === 'version') {
    const version = await programVersion();
    output.out(json ? JSON.stringify({ version }) : `tallystick ${version}`);
    return 0;
  }
  const args = readArguments(wish.verb, wish.words);
  if (!args.ok) return refuse([args.error], json, output);
  const outcome = await wish.verb.run(args.value);
  if (outcome.kind === 'unusable') return refuse(outcome.problems, json, output);
  output.out(json ? JSON.stringify(outcome.json, null, 2) : outcome.text.trimEnd());
  return outcome.kind === 'done' ? 0 : EXIT_FINDING;
}

/** Under `--json` the problems are the program's answer, and go where its answers go. */
function refuse(problems: readonly Problem[], json: boolean, output: Output): number {
  if (json) output.out(JSON.stringify({ problems }, null, 2));
  else for (const one of problems) output.err(line(one));
  return EXIT_UNUSABLE;
}

/** `tallystick: file, field: reason`; what is wrong with the call itself names the verb already. */
function line(one: Problem): string {
  const text = describeProblem(one);
  return /^tallystick\b/.test(one.where) ? text : `tallystick: ${text}`;
}

function programHelp(): string {
  return [
    'tallystick VERB …: an open precinct ballot scanner and ballot-marking device, from the command line',
    '',
    verbList(verbs),
    '',
    '  tallystick VERB --help   what the verb takes and does, with an example',
    '  tallystick --version     which version this is',
    '  --json                   with any verb: print its answer, or its problems, as JSON',
    '',
    'Exit status: 0 fine; 1 a finding; 2 the call or its input cannot be used; 70 an error in this program itself.',
    'TALLYSTICK_DEBUG=1 in the environment shows where such an error happened.',
  ].join('\n');
}

function verbList(listed: readonly Verb[]): string {
  const width = Math.max(...listed.map(({ name }) => name.length));
  return listed.map(({ name, summary }) => `  ${name.padEnd(width)}   ${lowerFirst(summary)}`).join('\n');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** From the package.json above this file, whether it runs from `dist` or from its source. */
async function programVersion(): Promise<string> {
  for (const up of ['../../package.json', '../../../package.json']) {
    const text = await readFile(new URL(up, import.meta.url), 'utf8').catch(() => undefined);
    const version = /^\s*"version": "([^"]+)"/m.exec(text ?? '')?.[1];
    if (version !== undefined) return version;
  }
  return 'of an unknown version';
}

/** Only when this file is the program, not when a test imports it. */
function isProgram(): boolean {
  const [, started] = process.argv;
  return started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url);
}

if (isProgram()) {
  // Who reads only the first lines (`| head`) closes the pipe; that is not an error.
  process.stdout.on('error', (thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EPIPE') throw thrown;
  });
  process.exitCode = await runProgram(process.argv.slice(2), {
    out: (text) => process.stdout.write(`${text}\n`),
    err: (text) => process.stderr.write(`${text}\n`),
    debug: (process.env['TALLYSTICK_DEBUG'] ?? '') !== '',
  });
}
