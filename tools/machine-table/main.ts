/** `make machine-table`: writes docs/machine.md, the transition table of the machine, from the machine itself. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sampleParts } from './election.js';
import { MachineTable } from './table.js';

const PAGE = fileURLToPath(new URL('../../../docs/machine.md', import.meta.url));

writeFileSync(PAGE, new MachineTable(await sampleParts()).markdown());
