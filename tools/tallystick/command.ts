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
  /** Names of positional arguments; a last one ending in `…` takes any number. */
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
  let parsed: {
    values: Record<string, string | boolean | (string | boolean)[] | undefined>;
    positionals: string[];
  };
  try {
    parsed = parseArgs({
      args: [...words],
      options: Object.fromEntries(
        Object.entries(verb.options).map(([name, spec]) => [
          name,
          { type: spec.type, multiple: spec.multiple ?? false },
        ]),
      ),
      allowPositionals: true,
      strict: true,
    });
  } catch (thrown) {
    return usage(thrown instanceof Error ? (thrown.message.split('\n')[0] ?? 'bad option') : 'bad option');
  }
  const { values, positionals } = parsed;
  for (const [name, spec] of Object.entries(verb.options)) {
    if (spec.required === true && values[name] === undefined) return usage(`--${name} is missing`);
  }
  const open = verb.positionals.at(-1)?.endsWith('…') ?? false;
  if (positionals.length < verb.positionals.length) return usage(`${verb.positionals.join(' ')} is missing`);
  if (!open && positionals.length > verb.positionals.length) {
    return usage(`"${positionals[verb.positionals.length] ?? ''}" is one argument too many`);
  }
  const many = (name: string): readonly string[] => {
    const value = values[name];
    if (Array.isArray(value)) return value.filter((v) => typeof v === 'string');
    return typeof value === 'string' ? [value] : [];
  };
  return ok({
    positionals,
    flag: (name) => values[name] === true,
    one: (name) => many(name)[0],
    many,
    required: (name) => many(name)[0] ?? '',
  });
}
