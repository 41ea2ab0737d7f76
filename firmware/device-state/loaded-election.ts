/** Which election package this device has loaded, and which ballot box is its own. */
import { z } from 'zod';
import type { Result } from '../../ground/result.js';
import type { FileStore } from '../../drivers/ports.js';
import { readState, writeState, type StateFile } from './state-file.js';

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

const schema = z.strictObject({
  /** SHA-256 of the package's manifest: another package under the same name is not the loaded one. */
  packageSha256: sha256Hex,
  /** The package's folder, below the device's packages. */
  directoryName: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  mode: z.enum(['test', 'official']),
  /** The box that was prepared for it, hexadecimal; none before the cards are prepared. */
  boxId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .exactOptional(),
});
const file: StateFile<typeof schema> = {
  name: 'loaded-election',
  format: 'tallystick-loaded-election/1',
  schema,
};

export type LoadedElection = Readonly<z.output<typeof schema>>;

/** Nothing when no election was ever loaded. */
export async function readLoadedElection(internal: FileStore): Promise<Result<LoadedElection | undefined>> {
  return readState(internal, file);
}

export async function writeLoadedElection(
  internal: FileStore,
  loaded: LoadedElection,
): Promise<Result<void>> {
  return writeState(internal, file, loaded);
}
