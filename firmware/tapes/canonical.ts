/**
 * The exact bytes of a tape's facts, which are signed (docs/formats/tapes.md). Fields in a fixed order; whole numbers
 * as base-128 digits, least significant first, the high bit set on all but the last (LEB128, shortest form only);
 * texts as their length in bytes and UTF-8; digests as 32 bytes. One set of facts has one encoding, and the reader
 * refuses every other.
 */
import { fromUtf8, toHex, fromHex, utf8 } from '../../ground/bytes.js';
import { assert, err, must, ok, problem, type Result } from '../../ground/result.js';
import type { TapeContest, TapeContestTotals, TapeFacts, TapeGroup } from './facts.js';

const MAGIC = utf8('TSYTAPE1');
const TYPES = ['zero', 'results'] as const;
const MODES = ['test', 'official'] as const;
const DIGEST_BYTES = 32;
/** No field of the definition is longer; in bytes. */
const MOST_TEXT_BYTES = 2048;
/** Of any list. */
const MOST_ITEMS = 1000;

export function encodeTape(facts: TapeFacts): Uint8Array {
  const w = writer();
  w.raw(MAGIC);
  w.number(TYPES.indexOf(facts.type));
  w.number(MODES.indexOf(facts.mode));
  w.flag(facts.simulated);
  w.flag(facts.closedOnOneCard);
  for (const text of [
    facts.election.id,
    facts.election.title,
    facts.election.jurisdiction,
    facts.election.date,
    facts.pollingPlace,
    facts.precinctTerm,
    facts.deviceSerial,
    facts.wallTime,
  ]) {
    w.text(text);
  }
  w.digest(facts.packageSha256);
  w.digest(facts.definitionSha256);
  w.digest(facts.softwareSha256);
  w.digest(facts.logHead);
  w.flag(facts.previousTape !== undefined);
  if (facts.previousTape !== undefined) w.digest(facts.previousTape);
  w.number(facts.openingNumber);
  w.number(facts.closingNumber);
  w.number(facts.counters.sheets);
  w.number(facts.counters.ballots);
  w.number(facts.counters.mainBinSheets);
  w.number(facts.counters.writeInBinSheets);
  w.number(facts.counters.protectiveAtOpening);
  w.number(facts.counters.protectiveNow);
  w.optional(facts.reconciliation.unscannedEmergencyBallots);
  w.optional(facts.reconciliation.abandonedBallots);
  w.optional(facts.reconciliation.writeInBallots);
  w.number(facts.smallCellMinimum);
  w.list(facts.contests, (contest) => writeContest(w, contest));
  w.list(facts.groups, (group) => writeGroup(w, group));
  return w.bytes();
}

export function decodeTape(bytes: Uint8Array): Result<TapeFacts> {
  const r = reader(bytes);
  const magic = r.raw(MAGIC.length);
  if (!magic.every((byte, i) => byte === MAGIC[i])) r.fail('does not begin as a tape of this version');
  const type = r.oneOf(TYPES);
  const mode = r.oneOf(MODES);
  const simulated = r.flag();
  const closedOnOneCard = r.flag();
  const election = { id: r.text(), title: r.text(), jurisdiction: r.text(), date: r.text() };
  const pollingPlace = r.text();
  const precinctTerm = r.text();
  const deviceSerial = r.text();
  const wallTime = r.text();
  const packageSha256 = r.digest();
  const definitionSha256 = r.digest();
  const softwareSha256 = r.digest();
  const logHead = r.digest();
  const previousTape = r.flag() ? r.digest() : undefined;
  const openingNumber = r.number();
  const closingNumber = r.number();
  const counters = {
    sheets: r.number(),
    ballots: r.number(),
    mainBinSheets: r.number(),
    writeInBinSheets: r.number(),
    protectiveAtOpening: r.number(),
    protectiveNow: r.number(),
  };
  const reconciliation = {
    unscannedEmergencyBallots: r.optional(),
    abandonedBallots: r.optional(),
    writeInBallots: r.optional(),
  };
  const smallCellMinimum = r.number();
  const contests = r.list(() => readContest(r));
  const groups = r.list(() => readGroup(r, contests));
  const wrong = r.finish();
  if (wrong !== undefined) return err(problem('bad-tape', 'tape', `byte ${wrong.at}`, wrong.reason));
  return ok({
    type,
    mode,
    simulated,
    election,
    pollingPlace,
    precinctTerm,
    packageSha256,
    definitionSha256,
    softwareSha256,
    deviceSerial,
    openingNumber,
    closingNumber,
    previousTape,
    logHead,
    wallTime,
    counters,
    reconciliation,
    closedOnOneCard,
    smallCellMinimum,
    contests,
    groups,
  });
}

function writeContest(w: Writer, contest: TapeContest): void {
  w.text(contest.title);
  w.text(contest.subtitle);
  w.number(contest.seats);
  w.flag(contest.writeIn);
  w.list(contest.names, w.text);
  w.list(contest.options, (option) => {
    w.number(option.name);
    w.text(option.party);
  });
}

function readContest(r: Reader): TapeContest {
  const title = r.text();
  const subtitle = r.text();
  const seats = r.number();
  const writeIn = r.flag();
  const names = r.list(r.text);
  const options = r.list(() => {
    const name = r.number();
    if (name >= names.length) r.fail('names an option that the contest does not have');
    return { name, party: r.text() };
  });
  return { title, subtitle, seats, names, options, writeIn };
}

function writeGroup(w: Writer, group: TapeGroup): void {
  w.list(group.precincts, w.text);
  w.list(group.sheets, w.number);
  w.number(group.ballots);
  w.number(group.blankSheets);
  w.list(group.contests, (totals) => {
    w.number(totals.contest);
    w.number(totals.ballots);
    w.number(totals.overvotes);
    w.number(totals.undervotes);
    w.number(totals.writeIns);
    w.list(totals.votes, w.number);
    w.list(totals.candidateOnly, w.number);
  });
}

function readGroup(r: Reader, contests: readonly TapeContest[]): TapeGroup {
  return {
    precincts: r.list(r.text),
    sheets: r.list(r.number),
    ballots: r.number(),
    blankSheets: r.number(),
    contests: r.list(() => readTotals(r, contests)),
  };
}

function readTotals(r: Reader, contests: readonly TapeContest[]): TapeContestTotals {
  const contest = r.number();
  const known = contests[contest];
  if (known === undefined) r.fail('counts a contest that the tape does not list');
  const [ballots, overvotes, undervotes, writeIns] = [r.number(), r.number(), r.number(), r.number()];
  const votes = r.list(r.number);
  const candidateOnly = r.list(r.number);
  if (votes.length !== known?.options.length) r.fail('has not one total for each option');
  if (candidateOnly.length !== 0 && candidateOnly.length !== known?.names.length) {
    r.fail('has not one total for each candidate');
  }
  return { contest, ballots, votes, writeIns, candidateOnly, overvotes, undervotes };
}

interface Writer {
  readonly raw: (bytes: Uint8Array) => void;
  readonly number: (value: number) => void;
  readonly flag: (value: boolean) => void;
  /** 0 for none, else the number and one. */
  readonly optional: (value: number | undefined) => void;
  readonly text: (value: string) => void;
  readonly digest: (hex: string) => void;
  readonly list: <T>(items: readonly T[], each: (item: T) => void) => void;
  readonly bytes: () => Uint8Array;
}

function writer(): Writer {
  const out: number[] = [];
  const number = (value: number): void => {
    assert(Number.isSafeInteger(value) && value >= 0, `not a count: ${value}`);
    let rest = value;
    while (rest >= 128) {
      out.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    out.push(rest);
  };
  const raw = (bytes: Uint8Array): void => bytes.forEach((byte) => out.push(byte));
  return {
    raw,
    number,
    flag: (value) => number(value ? 1 : 0),
    optional: (value) => number(value === undefined ? 0 : value + 1),
    text: (value) => {
      const bytes = utf8(value);
      assert(bytes.length <= MOST_TEXT_BYTES, 'a text on a tape is too long');
      number(bytes.length);
      raw(bytes);
    },
    digest: (hex) => {
      const bytes = fromHex(hex, 'digest');
      assert(bytes.ok && bytes.value.length === DIGEST_BYTES, 'a digest has 64 hexadecimal digits');
      raw(bytes.value);
    },
    list: (items, each) => {
      assert(items.length <= MOST_ITEMS, 'a list on a tape is too long');
      number(items.length);
      items.forEach((item) => each(item));
    },
    bytes: () => Uint8Array.from(out),
  };
}

interface Reader {
  readonly raw: (length: number) => Uint8Array;
  readonly number: () => number;
  readonly flag: () => boolean;
  readonly optional: () => number | undefined;
  readonly text: () => string;
  readonly digest: () => string;
  readonly oneOf: <T>(values: readonly T[]) => T;
  readonly list: <T>(each: () => T) => readonly T[];
  readonly fail: (reason: string) => void;
  /** What is wrong, if anything; bytes left over are. */
  readonly finish: () => { readonly at: number; readonly reason: string } | undefined;
}

/** Remembers the first thing that is wrong and reads zeros from there on, so that every list ends. */
function reader(bytes: Uint8Array): Reader {
  let at = 0;
  let wrong: { at: number; reason: string } | undefined;
  const fail = (reason: string): void => {
    wrong ??= { at, reason };
  };
  const raw = (length: number): Uint8Array => {
    if (wrong === undefined && at + length > bytes.length) fail('ends too early');
    if (wrong !== undefined) return new Uint8Array(length);
    at += length;
    return bytes.subarray(at - length, at);
  };
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = must(raw(1)[0], 'one byte was read');
      value += (byte % 128) * scale;
      if (value > Number.MAX_SAFE_INTEGER) fail('is a number too large to count with');
      if (byte === 0 && scale > 1) fail('writes a number longer than need be');
      if (wrong !== undefined) return 0;
      if (byte < 128) return value;
    }
  };
  const below = (limit: number, what: string): number => {
    const value = number();
    if (value < limit) return value;
    fail(what);
    return 0;
  };
  return {
    raw,
    number,
    fail,
    flag: () => below(2, 'is neither yes nor no') === 1,
    optional: () => {
      const value = number();
      return value === 0 ? undefined : value - 1;
    },
    text: () => {
      const text = fromUtf8(raw(below(MOST_TEXT_BYTES + 1, 'has a text that is too long')), 'tape');
      if (text.ok) return text.value;
      fail(text.error.reason);
      return '';
    },
    digest: () => toHex(raw(DIGEST_BYTES)),
    oneOf: (values) => must(values[below(values.length, 'is of an unknown kind')], 'below the length'),
    list: (each) => {
      const length = below(MOST_ITEMS + 1, 'has a list that is too long');
      const items: ReturnType<typeof each>[] = [];
      for (let i = 0; i < length && wrong === undefined; i++) items.push(each());
      return items;
    },
    finish: () => {
      if (at !== bytes.length) fail('goes on after its end');
      return wrong;
    },
  };
}
