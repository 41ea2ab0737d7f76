/**
 * Tapes to test with: the sample elections of Dutchess and Boulder County, and one made of everything that is hard
 * on a tape (names of 60 letters, Spanish, three party lines, several seats, two sheets, tiny precincts). Totals are
 * drawn from a seed and balance: votes + undervotes + seats x overvotes = seats x ballots.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { optionIdsOf } from '../../../election-def/contest-rules.js';
import { seatsOf, type Contest, type ElectionDefinition } from '../../../election-def/definition.js';
import { readDefinition } from '../../../election-def/load.js';
import { tapeFacts, type TapeInput } from '../../../firmware/tapes/build.js';
import type { SignedTape, TapeFacts } from '../../../firmware/tapes/facts.js';
import { signTape } from '../../../firmware/tapes/sign.js';
import type { ContestTotals, PrecinctTotals, Totals } from '../../../firmware/records/totals-types.js';
import { ed25519Signer } from '../../../firmware/trust/keys.js';
import { certifyDevice } from '../../../firmware/trust/verify/device-certificate.js';
import { toHex, utf8 } from '../../../ground/bytes.js';
import { describeProblem, must } from '../../../ground/result.js';
import { seededRandom, type SeededRandom } from '../../../ground/seeded-random.js';

export const authority = ed25519Signer(sha256('the authority of the tests'));
export const deviceSigner = ed25519Signer(sha256('the device of the tests'));

export const dutchess = sample('dutchess-ny');
export const boulder = sample('boulder-co');

/** From the checkout, whether run from the sources or from what was built beside them. */
function sample(name: string): ElectionDefinition {
  const paths = ['../../..', '../../../..'].map((up) =>
    fileURLToPath(new URL(`${up}/election-def/samples/${name}.json`, import.meta.url)),
  );
  const file = readFileSync(must(paths.find(existsSync), `${name} is in the checkout`));
  const loaded = readDefinition(new Uint8Array(file), name);
  if (!loaded.ok) throw new Error(loaded.error.map(describeProblem).join('\n'));
  return loaded.value.definition;
}

export const LONG_NAME = 'Maximiliana Wolfeschlegelsteinhausenbergerdorff-O’Shaughnessy';

/** The sample election made hard. */
export const hard: ElectionDefinition = {
  ...dutchess,
  id: 'hard-on-tapes',
  title: { en: 'Special Election', es: '¿Elección Especial? ¡Año Ñandú, Pingüino!' },
  languages: ['es', 'en'],
  settings: { ...dutchess.settings, smallCellMinimum: 10, crossEndorsementRule: 'candidate-only' },
  precincts: Array.from({ length: 14 }, (_, i) => ({
    id: `p${i + 1}`,
    name: i === 3 ? LONG_NAME : { en: `Ward ${i + 1}`, es: `Distrito Número ${i + 1}` },
    number: i + 1,
    ballotId: String(1000 + i),
  })),
  pollingPlaces: [
    { id: 'hall', name: 'Salón Ñuñoa', precinctIds: Array.from({ length: 14 }, (_, i) => `p${i + 1}`) },
  ],
  contests: [
    {
      kind: 'candidate',
      id: 'mayor',
      title: { en: `Mayor ${LONG_NAME}`, es: `Alcalde de la Ciudad de ${LONG_NAME}` },
      seats: 2,
      writeIns: 2,
      candidates: [
        { id: 'long', name: LONG_NAME, runningMate: 'José Íñigo Peña de la Cruz y Núñez' },
        { id: 'short', name: 'Li' },
      ],
      options: [
        { id: 'long-dem', candidateId: 'long', partyId: 'dem' },
        { id: 'short', candidateId: 'short' },
        { id: 'long-wor', candidateId: 'long', partyId: 'wor' },
        { id: 'long-ind', candidateId: 'long', partyId: 'ind' },
      ],
    },
    {
      kind: 'retention',
      id: 'judge',
      title: { en: 'Supreme Court', es: 'Corte Suprema' },
      candidate: { id: 'j', name: 'Ángela Güemes' },
      text: 'Shall this judge be retained?',
      options: [
        { id: 'yes', label: { en: 'Yes', es: 'Sí' } },
        { id: 'no', label: 'No' },
      ],
    },
  ],
};

export function randomTotals(definition: ElectionDefinition, random: SeededRandom, most: number): Totals {
  const twoSheets = definition === hard;
  const precincts = definition.precincts.map((precinct): PrecinctTotals => {
    const ballots = random.integer(0, most);
    const styles = definition.ballotStyles.filter((s) => s.precinctIds.includes(precinct.id));
    const contests = definition.contests.filter(
      (contest) => twoSheets || styles.some((style) => style.contestIds.includes(contest.id)),
    );
    return {
      precinctId: precinct.id,
      sheets: twoSheets ? [ballots, ballots] : [ballots],
      ballots,
      blankSheets: Math.min(ballots, random.integer(0, 3)),
      contests: contests.map((contest) => randomContest(definition, contest, ballots, random)),
    };
  });
  const ballots = precincts.reduce((sum, p) => sum + p.ballots, 0);
  const sheets = ballots * (twoSheets ? 2 : 1);
  const writeIn = Math.min(sheets, random.integer(0, 5));
  return { precincts, bins: { main: sheets - writeIn, writeIn }, sheets, ballots };
}

function randomContest(
  definition: ElectionDefinition,
  contest: Contest,
  ballots: number,
  random: SeededRandom,
): ContestTotals {
  const ids = optionIdsOf(contest);
  const votes = new Map(ids.map((id) => [id, 0]));
  const onNoLine = new Map<string, number>();
  let [overvotes, undervotes] = [0, 0];
  for (let ballot = 0; ballot < ballots; ballot++) {
    if (random.chance(0.01)) {
      overvotes++;
      continue;
    }
    for (let seat = 0; seat < seatsOf(contest); seat++) {
      const id = must(
        ids[Math.min(ids.length - 1, Math.floor(ids.length * random.next() ** 2))],
        'an option',
      );
      const option =
        contest.kind === 'candidate'
          ? contest.options.find((o) => o.id === id && o.candidateId === 'long')
          : undefined;
      if (random.chance(0.1)) undervotes++;
      else if (option !== undefined && definition === hard && random.chance(0.05)) {
        onNoLine.set(option.candidateId, (onNoLine.get(option.candidateId) ?? 0) + 1);
      } else votes.set(id, (votes.get(id) ?? 0) + 1);
    }
  }
  return {
    contestId: contest.id,
    ballots,
    overvotes,
    undervotes,
    options: ids.map((optionId) => ({ optionId, votes: votes.get(optionId) ?? 0 })),
    candidateOnly: [...onNoLine].map(([candidateId, count]) => ({ candidateId, votes: count })),
  };
}

export function sampleFacts(
  type: TapeFacts['type'],
  definition: ElectionDefinition = dutchess,
  seed = 'a tape',
  change: Partial<TapeInput> = {},
): TapeFacts {
  const totals = randomTotals(definition, seededRandom(seed), type === 'zero' ? 0 : 420);
  return tapeFacts({
    type,
    mode: 'official',
    simulated: false,
    definition,
    pollingPlaceId: must(definition.pollingPlaces[0], 'a polling place').id,
    totals: type === 'zero' ? { ...totals, bins: { main: 0, writeIn: 0 } } : totals,
    packageSha256: toHex(sha256('package')),
    definitionSha256: toHex(sha256(definition.id)),
    softwareSha256: toHex(sha256('software')),
    deviceSerial: 'TSY-0042-NY',
    openingNumber: 1,
    closingNumber: type === 'zero' ? 0 : 1,
    previousTape: type === 'zero' ? undefined : toHex(sha256('zero tape')),
    logHead: toHex(sha256('log')),
    wallTime: type === 'zero' ? '2026-11-03T05:41:12' : '2026-11-03T21:03:44',
    protectiveAtOpening: 10_417,
    protectiveNow: 10_417 + totals.sheets,
    reconciliation: {
      writeInBallots: type === 'zero' ? undefined : totals.bins.writeIn,
      unscannedEmergencyBallots: type === 'zero' ? undefined : 2,
      abandonedBallots: undefined,
    },
    closedOnOneCard: false,
    ...change,
  });
}

export function signed(facts: TapeFacts): SignedTape {
  const certificate = certifyDevice(authority, {
    electionId: facts.election.id,
    definitionSha256: new Uint8Array(Buffer.from(facts.definitionSha256, 'hex')),
    mode: facts.mode,
    serialNumber: facts.deviceSerial,
    publicKey: deviceSigner.publicKey,
  });
  return signTape(facts, deviceSigner, certificate);
}

export function sha256(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(utf8(text)).digest());
}
