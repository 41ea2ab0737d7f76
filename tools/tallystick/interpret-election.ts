/** What `interpret` reads against: a signed package, or an election definition alone. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import type { ElectionDefinition } from '../../election-def/definition.js';
import { layOutElection } from '../../election-def/layout.js';
import { MAX_DEFINITION_BYTES, readDefinition } from '../../election-def/load.js';
import { openElectionPackage } from '../../firmware/trust/election-package.js';
import { readingContext, type ReadingContext } from '../../vision/context.js';
import { readBoundedFile } from '../bounded-file.js';

export interface ElectionToRead {
  readonly definition: ElectionDefinition;
  readonly definitionSha256: string;
  readonly context: ReadingContext;
}

export async function openElection(path: string): Promise<Result<ElectionToRead, readonly Problem[]>> {
  const where = basename(path);
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(path)).isDirectory();
  } catch {
    return err([problem('missing', where, '', 'does not exist or cannot be opened')]);
  }
  if (isDirectory) {
    const opened = await openElectionPackage(path);
    if (!opened.ok) return opened;
    const { layouts, hash20, definition, definitionSha256 } = opened.value;
    const context = readingContext(layouts, hash20, definition.settings.markThresholds);
    return ok({ definition, definitionSha256, context });
  }
  const bytes = await readBoundedFile(path, MAX_DEFINITION_BYTES);
  if (!bytes.ok) return err([bytes.error]);
  const loaded = readDefinition(bytes.value, where);
  if (!loaded.ok) return loaded;
  const layouts = layOutElection(loaded.value);
  if (!layouts.ok) return layouts;
  const { hash20, definition, sha256Hex } = loaded.value;
  const context = readingContext(layouts.value, hash20, definition.settings.markThresholds);
  return ok({ definition, definitionSha256: sha256Hex, context });
}
