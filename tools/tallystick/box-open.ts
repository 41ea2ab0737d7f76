/**
 * `tallystick box open`: whatever verifies in the ballot box on memory cards, as plain files for people to look at. It
 * takes out what is left where the box as a whole would be refused, and says what is wrong with the rest.
 */
import { resolve } from 'node:path';
import { closeCards, openCards, readHeader, type BoxCard } from '../../firmware/ballot-box/card.js';
import { boxKeys, type BoxHeader } from '../../firmware/ballot-box/format.js';
import type { Intent } from '../../firmware/ballot-box/intent.js';
import { salvageBox, type Salvage } from '../../firmware/ballot-box/salvage.js';
import { ballotFiles } from '../../firmware/records/export.js';
import { systemClock } from '../../firmware/runtime/ports.js';
import type { Authority } from '../../firmware/trust/authority.js';
import { verifySignature } from '../../firmware/trust/keys.js';
import { writeFixedFolder } from '../../firmware/trust/signed-folder.js';
import { equalBytes } from '../../ground/bytes.js';
import { describeProblem, err, must, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { boxKeyOf, cardStores, intentSentence } from '../memory-cards.js';
import { counted } from '../verify/findings.js';
import { boxLine, boxOnCards, readDeviceKey, type BoxOnCards } from './box.js';
import { openAuthorityFiles } from './keys.js';
import { progressOn } from './progress.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';

export const boxOpen: Verb = {
  name: 'box open',
  summary: 'write every ballot on memory cards that verifies as plain files, to look at',
  help: `tallystick box open CARD [CARD] --authority FILE --passphrase-file FILE --out DIR [--device-key HEX]

Opens the ballot box on one memory card or on two (the folders where the cards are mounted) with the authority's key,
and writes each ballot that counts and is as its device signed it into DIR, in the order of their random ids:
  records/ID.json                          the record, the very bytes that were signed
  images/ID-front.jpg, -back.jpg           both sides
  images/ID-written-N.jpg                  what was written in
A ballot that does not verify is named with its card and its slot, and the others are still written. Says whether a
ballot was under way. Nothing is written on the cards. DIR is not signed, so nobody has to believe it: for records that
"tallystick verify" checks there is "tallystick box export". DIR holds ballots; keep it as they are kept.

  --authority FILE        the authority's key
  --passphrase-file FILE  its passphrase; "-" reads it from standard input
  --out DIR               the folder to be made; one that is there is never written into
  --device-key HEX        the public key of the device, from its certificate; without it the key that the header names
                          is believed, which finds damage but not a box that somebody else made
  --json                  print what was done as JSON

Exit status: 0 written; 1 written, and something is wrong; 2 the call, a card or a file cannot be used.

Example: tallystick box open /media/card-a /media/card-b --authority authority.key --passphrase-file passphrase.txt \\
           --out ballots
`,
  options: {
    authority: { type: 'string', required: true },
    'passphrase-file': { type: 'string', required: true },
    out: { type: 'string', required: true },
    'device-key': { type: 'string' },
  },
  positionals: ['CARD…'],
  run,
};

interface OpenedBox {
  readonly box: BoxOnCards;
  readonly folder: string;
  readonly ballots: number;
  readonly intents: readonly Intent['kind'][];
  readonly problems: readonly Problem[];
}

async function run(args: VerbArguments): Promise<VerbOutcome> {
  const deviceKey = readDeviceKey(args);
  if (!deviceKey.ok) return unusable(deviceKey.error);
  const stores = cardStores(args.positionals);
  if (!stores.ok) return unusable(stores.error);
  const authority = await openAuthorityFiles(args);
  if (!authority.ok) return unusable(authority.error);
  const cards = await openCards(stores.value);
  if (!cards.ok) return unusable(cards.error);
  try {
    const opened = await open(cards.value, authority.value, deviceKey.value, args.required('out'));
    return opened.ok ? report(opened.value) : unusable(opened.error);
  } finally {
    await closeCards(cards.value);
  }
}

async function open(
  cards: readonly BoxCard[],
  authority: Authority,
  deviceKey: string | undefined,
  folder: string,
): Promise<Result<OpenedBox>> {
  const judged = await judgeHeaders(cards, deviceKey);
  if (!judged.ok) return judged;
  const { header, problems } = judged.value;
  const boxKey = boxKeyOf(authority, header);
  if (!boxKey.ok) return boxKey;
  const clock = systemClock();
  const progress = progressOn(process.stderr, () => clock.nowMs());
  const keys = boxKeys(boxKey.value, header.boxId, header.deviceSerial);
  const salvage = await salvageBox(cards, header, keys, (done, of) =>
    progress.show(done, of, 'looking for ballots'),
  );
  const written: Written = { ballots: 0, problems: [...problems, ...salvage.problems] };
  const files = filesOf(salvage, written, () =>
    progress.show(written.ballots, salvage.count, 'writing ballots'),
  );
  const made = await writeFixedFolder(resolve(folder), files);
  progress.clear();
  if (!made.ok) return made;
  const intents = [...new Set(salvage.intents.map(({ kind }) => kind))];
  return ok({ box: boxOnCards(header), folder, intents, ...written });
}

/** One header on all cards, with the key that is believed; a signature that is not right is a finding. */
async function judgeHeaders(
  cards: readonly BoxCard[],
  deviceKey: string | undefined,
): Promise<Result<{ readonly header: BoxHeader; readonly problems: readonly Problem[] }>> {
  const problems: Problem[] = [];
  const headers: { readonly header: BoxHeader; readonly json: Uint8Array }[] = [];
  for (const { file, label } of cards) {
    const signed = await readHeader(file, label);
    if (!signed.ok) return signed;
    const { header, json, signature } = signed.value;
    const [first] = headers;
    if (first !== undefined && !equalBytes(first.json, json)) {
      const reason = 'has another header than the other card: open each by itself';
      return err(problem('cards-differ', label, 'header', reason));
    }
    const devicePublicKey = deviceKey ?? header.devicePublicKey;
    const key = new Uint8Array(Buffer.from(devicePublicKey, 'hex'));
    if (!verifySignature('box-header', key, json, signature)) {
      const reason = 'was not signed by this device, or was changed since';
      problems.push(problem('header-forged', label, 'header', reason));
    }
    headers.push({ header: { ...header, devicePublicKey }, json });
  }
  return ok({ header: must(headers[0], 'opened cards are there').header, problems });
}

interface Written {
  ballots: number;
  readonly problems: Problem[];
}

async function* filesOf(
  salvage: Salvage,
  written: Written,
  onBallot: () => void,
): AsyncGenerator<readonly [string, Uint8Array]> {
  for await (const ballot of salvage.ballots()) {
    if (ballot.ok) {
      yield* ballotFiles(ballot.value);
      written.ballots += 1;
      onBallot();
    } else written.problems.push(ballot.error);
  }
}

const MOST_PROBLEMS = 50;

function report(opened: OpenedBox): VerbOutcome {
  const { box, folder, ballots, intents, problems } = opened;
  const shown = problems.slice(0, MOST_PROBLEMS).map((one) => `WRONG  ${describeProblem(one)}`);
  const more = problems.length - shown.length;
  const text = [
    boxLine(box),
    ...(intents.length === 0
      ? ['no card tells whether a ballot was under way: one of these may not count']
      : []),
    ...intents.map((kind) => intentSentence({ kind })),
    `${folder}: ${counted(ballots, 'ballot')} written, each as its device signed it; the folder itself is not signed`,
    ...shown,
    ...(more > 0 ? [`WRONG  and ${more} more things are wrong`] : []),
  ].join('\n');
  return { kind: problems.length === 0 ? 'done' : 'finding', text, json: opened };
}
