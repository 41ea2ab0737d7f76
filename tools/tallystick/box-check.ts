/**
 * `tallystick box check`: what two memory cards (or one) say, without writing a byte. Without the authority's key it
 * checks the header's signature and that both cards are byte for byte the same; with it, every ballot is opened and
 * verified.
 */
import {
  closeCards,
  openCards,
  readHeader,
  type BoxCard,
  type CardStores,
} from '../../firmware/ballot-box/card.js';
import { compareWhole, type Difference } from '../../firmware/ballot-box/compare.js';
import type { BoxHeader, SignedHeader } from '../../firmware/ballot-box/format.js';
import { readBox, type ExpectedBox } from '../../firmware/ballot-box/open.js';
import { verifySignature } from '../../firmware/trust/keys.js';
import { describeProblem, err, ok, problem, type Problem, type Result } from '../../ground/result.js';
import { boxKeyOf, cardStores } from '../memory-cards.js';
import { boxLine, boxOnCards, readDeviceKey, type BoxOnCards } from './box.js';
import { openAuthorityFiles } from './keys.js';
import { unusable, type Verb, type VerbArguments, type VerbOutcome } from './command.js';

const HELP = `tallystick box check CARD [CARD] [--authority FILE --passphrase-file FILE] [--device-key HEX]

Reads the ballot box on one memory card, or compares it on two (the folders where the cards are mounted). Nothing is
written. Two cards of one machine hold the same bytes; every difference is a finding.

  --authority FILE        the authority's key: opens the box and verifies every ballot in it
  --passphrase-file FILE  its passphrase; "-" reads it from standard input
  --device-key HEX        the public key of the device, from its certificate; without it the key that the header names
                          is believed, which finds damage but not a box that somebody else made
  --json                  print the result as JSON

Exit status: 0 nothing is wrong; 1 something is; 2 the call or a card cannot be used.

Example: tallystick box check /media/card-a /media/card-b --authority authority.key --passphrase-file passphrase.txt
`;

export const boxCheck: Verb = {
  name: 'box check',
  summary: 'check and compare the ballot box on memory cards',
  help: HELP,
  options: {
    authority: { type: 'string' },
    'passphrase-file': { type: 'string' },
    'device-key': { type: 'string' },
  },
  positionals: ['CARD…'],
  run,
};

interface CheckedBox {
  readonly box: BoxOnCards;
  readonly cards: number;
  readonly differences: readonly Difference[];
  /** Known only with the authority's key. */
  readonly ballots?: number;
  readonly problems: readonly Problem[];
}

async function run(args: VerbArguments): Promise<VerbOutcome> {
  const deviceKey = readDeviceKey(args);
  if (!deviceKey.ok) return unusable(deviceKey.error);
  const stores = cardStores(args.positionals);
  if (!stores.ok) return unusable(stores.error);
  const opened = await openCards(stores.value);
  if (!opened.ok) return unusable(opened.error);
  try {
    const signed = await readHeader(firstOf(opened.value).file, firstOf(opened.value).label);
    if (!signed.ok) return unusable(signed.error);
    const boxKey = await openBoxKey(args, signed.value.header);
    if (boxKey !== undefined && !boxKey.ok) return unusable(boxKey.error);
    return report(await check(opened.value, stores.value, signed.value, deviceKey.value, boxKey?.value));
  } finally {
    await closeCards(opened.value);
  }
}

function firstOf(cards: readonly BoxCard[]): BoxCard {
  const [card] = cards;
  if (card === undefined) throw new RangeError('an opened box has a card');
  return card;
}

/** The box key out of the header, or nothing when no authority key was given. */
async function openBoxKey(args: VerbArguments, header: BoxHeader): Promise<Result<Uint8Array> | undefined> {
  if (args.one('authority') === undefined) return undefined;
  if (args.one('passphrase-file') === undefined) {
    return err(problem('usage', 'tallystick box check', '', '--authority needs --passphrase-file'));
  }
  const authority = await openAuthorityFiles(args);
  return authority.ok ? boxKeyOf(authority.value, header) : authority;
}

async function check(
  cards: readonly BoxCard[],
  stores: CardStores,
  signed: SignedHeader,
  deviceKey: string | undefined,
  boxKey: Uint8Array | undefined,
): Promise<Result<CheckedBox>> {
  const { header } = signed;
  const devicePublicKey = new Uint8Array(Buffer.from(deviceKey ?? header.devicePublicKey, 'hex'));
  const problems: Problem[] = [];
  if (!verifySignature('box-header', devicePublicKey, signed.json, signed.signature)) {
    const reason = 'was not signed by this device, or was changed since';
    problems.push(problem('header-forged', firstOf(cards).label, 'header', reason));
  }
  const [a, b] = cards;
  const differences = a === undefined || b === undefined ? ok([]) : await compareBoxes(a, b, header);
  if (!differences.ok) return differences;
  const { boxId, deviceSerial } = header;
  const checked: CheckedBox = {
    box: boxOnCards(header),
    cards: cards.length,
    differences: differences.value,
    problems,
  };
  if (boxKey === undefined) return ok(checked);
  const ballots = await checkBallots(stores, boxKey, { boxId, deviceSerial, devicePublicKey });
  return ok({ ...checked, ballots: ballots.count, problems: [...problems, ...ballots.problems] });
}

async function compareBoxes(
  a: BoxCard,
  b: BoxCard,
  header: BoxHeader,
): Promise<Result<readonly Difference[]>> {
  if (a.file.sizeBytes === b.file.sizeBytes) return compareWhole([a, b], header);
  return err(problem('not-a-box', b.label, '', `has another length than the box on ${a.label}`));
}

async function checkBallots(
  stores: CardStores,
  boxKey: Uint8Array,
  expected: ExpectedBox,
): Promise<{ readonly count: number; readonly problems: readonly Problem[] }> {
  const reader = await readBox(stores, boxKey, expected);
  if (!reader.ok) return { count: 0, problems: [reader.error] };
  const problems: Problem[] = [];
  let count = 0;
  for await (const ballot of reader.value.readAll()) {
    if (ballot.ok) count++;
    else problems.push(ballot.error);
  }
  await reader.value.close();
  return { count, problems };
}

function report(checked: Result<CheckedBox>): VerbOutcome {
  if (!checked.ok) return unusable(checked.error);
  const { box, cards, differences, ballots, problems } = checked.value;
  const lines = [
    boxLine(box),
    cards === 1 ? 'one card: nothing to compare' : comparison(differences),
    ...(ballots === undefined ? [] : [`${ballots} ballots verified`]),
    ...problems.map(describeProblem),
  ];
  const wrong = differences.length > 0 || problems.length > 0;
  return { kind: wrong ? 'finding' : 'done', text: lines.join('\n'), json: checked.value };
}

function comparison(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'both cards hold the same bytes';
  const places = differences.map(({ part, slot }) => (slot === undefined ? part : `${part} ${slot}`));
  return `the cards differ: ${places.join(', ')}`;
}
