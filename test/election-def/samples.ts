/** The sample elections for tests: as they are, and changed. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ElectionDefinition } from '../../election-def/definition.js';
import { layOutElection } from '../../election-def/layout.js';
import type { BallotLayout, SideLayout } from '../../election-def/layout-types.js';
import { readDefinition, type LoadedDefinition } from '../../election-def/load.js';
import { utf8 } from '../../ground/bytes.js';
import { describeProblem, must, type Problem, type Result } from '../../ground/result.js';

export const sampleNames = ['dutchess-ny', 'boulder-co'] as const;
export type SampleName = (typeof sampleNames)[number];

export function samplePath(name: SampleName): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'election-def', 'samples', `${name}.json`);
}

export function sampleText(name: SampleName): string {
  return readFileSync(samplePath(name), 'utf8');
}

/** The value, or an error that lists the problems. */
export function value<T>(result: Result<T, readonly Problem[]>): T {
  if (result.ok) return result.value;
  throw new Error(result.error.map(describeProblem).join('\n'));
}

export function loadSample(name: SampleName): LoadedDefinition {
  return value(readDefinition(utf8(sampleText(name)), `${name}.json`));
}

/** The New York sample after a change, as it would be read from a file. */
export function loadChanged(
  change: (definition: ElectionDefinition) => void,
  name: SampleName = 'dutchess-ny',
): Result<LoadedDefinition, readonly Problem[]> {
  const definition = JSON.parse(sampleText(name)) as ElectionDefinition;
  change(definition);
  return readDefinition(utf8(JSON.stringify(definition)), 'changed.json');
}

/** `code path` of every problem, in their order. */
export function found(result: Result<unknown, readonly Problem[]>): readonly string[] {
  return result.ok ? [] : result.error.map(({ code, path }) => `${code} ${path}`);
}

export interface LaidOutSample {
  readonly loaded: LoadedDefinition;
  readonly layouts: readonly BallotLayout[];
}

export function layOutSample(name: SampleName): LaidOutSample {
  const loaded = loadSample(name);
  return { loaded, layouts: value(layOutElection(loaded)) };
}

export function at<T>(items: readonly T[], index: number): T {
  return must(items[index], `no item ${index}`);
}

export function sidesOf(layout: BallotLayout): readonly SideLayout[] {
  return layout.sheets.flatMap(({ front, back }) => [front, back]);
}
