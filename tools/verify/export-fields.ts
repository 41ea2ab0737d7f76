/** What the manifest of an export says of it (docs/formats/export.md). */
import { z } from 'zod';
import type { Result } from '../../ground/result.js';
import { parseValue } from '../../firmware/trust/json.js';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** What totals.json says as well. */
export const exportIdentity = {
  electionId: z.string(),
  definitionSha256: digest,
  deviceSerial: z.string(),
  mode: z.enum(['test', 'official']),
  simulated: z.boolean(),
};
const schema = z.strictObject({
  ...exportIdentity,
  boxId: z.string().regex(/^[0-9a-f]{32}$/),
  packageSha256: digest,
  pollingPlaceId: z.string(),
  sheets: z.int().min(0),
});
export type ExportFields = z.output<typeof schema>;

export function exportFields(fields: unknown, where: string): Result<ExportFields> {
  return parseValue(schema, fields, where);
}
