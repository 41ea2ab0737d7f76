/**
 * What a verb of the command line is. Each noun's file exports its verbs; `main.ts` finds the verb, prints its help,
 * and turns what comes back into words or JSON and an exit status: 0 fine, 1 a finding (something checked is wrong),
 * 2 the call or its input cannot be used.
 */
import { parseArgs } from 'node:util';
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';

export interface Verb {
  /** `ballot print` */
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** The whole help text: synopsis, what it does, options, exit status, an example. */
  readonly help: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Names of positional arguments; a last one ending in `…` takes one or more, in brackets (`[IMAGE…]`) any number. */
  readonly positionals: readonly string[];
  run(args: VerbArguments): Promise<VerbOutcome>;
}

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  /** May be given several times (`--image FRONT --image BACK`). */
  readonly multiple?: boolean;
  readonly required?: boolean;
}

export interface VerbArguments {
  readonly positionals: readonly string[];
  flag(name: string): boolean;
  /** The option's value, or undefined. */
  one(name: string): string | undefined;
  many(name: string): readonly string[];
  /** For a required option. */
  required(name: string): string;
}

export type VerbOutcome =
  /** Exit 0. `text` for people; `json` is printed instead under `--json`. */
  | { readonly kind: 'done'; readonly text: string; readonly json: unknown }
  /** Exit 1: the input could be read, and something is wrong with what it says. */
  | { readonly kind: 'finding'; readonly text: string; readonly json: unknown }
  /** Exit 2. */
  | { readonly kind: 'unusable'; readonly problems: readonly Problem[] };

export function unusable(...problems: readonly Problem[]): VerbOutcome {
  return { kind: 'unusable', problems };
}

export function readArguments(verb: Verb, words: readonly string[]): Result<VerbArguments> {
  const usage = (reason: string): Result<VerbArguments> =>
    err(problem('usage', `tallystick ${verb.name}`, '', `${reason} (see tallystick ${verb.name} --help)`));
  const sorted = sortWords(verb, words);
  if (!sorted.ok) return usage(sorted.error);
  const { values, flags, positionals } = sorted.value;
  for (const [name, spec] of Object.entries(verb.options)) {
    if (spec.required === true && !values.has(name)) return usage(`--${name} is missing`);
  }
  const last = verb.positionals.at(-1) ?? '';
  const optional = last.startsWith('[') ? 1 : 0;
  const open = last.endsWith('…') || last.endsWith('…]');
  if (positionals.length < verb.positionals.length - optional)
    return usage(`${verb.positionals.join(' ')} is missing`);
  if (!open && positionals.length > verb.positionals.length) {
    return usage(`"${positionals[verb.positionals.length] ?? ''}" is one argument too many`);
  }
  if (positionals.includes('')) return usage('an argument is empty');
  const many = (name: string): readonly string[] => values.get(name) ?? [];
  return ok({
    positionals,
    flag: (name) => flags.has(name),
    one: (name) => many(name)[0],
    many,
    required: (name) => many(name)[0] ?? '',
  });
}

interface SortedWords {
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly flags: ReadonlySet<string>;
  readonly positionals: readonly string[];
}

/** Options with their values, and the rest; or what cannot be meant. */
function sortWords({ options }: Verb, words: readonly string[]): Result<SortedWords, string> {
  const values = new Map<string, readonly string[]>();
  const flags = new Set<string>();
  const positionals: string[] = [];
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }])),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const spec = Object.hasOwn(options, name) ? options[name] : undefined;
    if (spec === undefined || !rawName.startsWith('--')) return err(`there is no option ${rawName}`);
    const isRepeated = flags.has(name) || values.has(name);
    if (isRepeated && spec.multiple !== true) return err(`--${name} is given twice`);
    if (spec.type === 'boolean') {
      if (value !== undefined) return err(`--${name} takes no value`);
      flags.add(name);
      continue;
    }
    // A word that looks like an option is no value, unless it is given as --name=-word.
    const isOption = !token.inlineValue && /^-./.test(value ?? '');
    if (value === undefined || value === '' || isOption) return err(`--${name} needs a value`);
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return ok({ values, flags, positionals });
}
