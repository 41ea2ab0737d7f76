/** From a sheet in the page store to what goes into the ballot box: its record, and its pictures when they are ready. */
import { err, must, ok, problem, type Result } from '../../ground/result.js';
import type { Bin, RandomSource } from '../../drivers/ports.js';
import type { SheetToStore } from '../ballot-box/slot.js';
import { buildRecord, newRecordId } from '../records/build-record.js';
import type { ElectionPackage } from '../trust/election-package.js';
import type { HeldPages } from './page-store.js';

export interface StoreContext {
  readonly election: ElectionPackage;
  readonly deviceSerial: string;
  readonly simulated: boolean;
  readonly random: RandomSource;
}

export async function sheetToStore(
  { result, pictures }: HeldPages,
  bin: Bin,
  context: StoreContext,
): Promise<Result<SheetToStore>> {
  if (result.kind === 'rejected' || pictures === undefined)
    return err(problem('not-read', 'sheet', '', 'was not read and cannot be stored'));
  const { election, deviceSerial, simulated, random } = context;
  const layout = must(
    election.layouts.find((l) => l.styleId === result.styleId && l.precinctId === result.precinctId),
    'a sheet that was read has a layout',
  );
  const { definition, definitionSha256, mode } = election;
  const recordContext = { definition, definitionSha256, layout, deviceSerial, mode, simulated };
  const record = buildRecord(result, recordContext, bin, newRecordId(random));
  const ready = await pictures;
  return ready.ok ? ok({ record, ...ready.value }) : ready;
}
