/** The voters' display: what is said about the sheet that is in the machine, or was. */
import type { Language, Text } from '../../election-def/definition.js';
import { textIn } from '../../election-def/definition.js';
import { unreachable } from '../../ground/result.js';
import type { GiveBack, Warning } from '../machine/adjudicate.js';
import { whyNotReady } from '../machine/ready.js';
import { electionOf, type MachineState, type PathState } from '../machine/state.js';
import { inspector, voter, type Draft } from './draft.js';
import type { Saying, Words } from './words/words.js';

export function pathDraft(state: MachineState, path: PathState): Draft {
  switch (path.at) {
    case 'empty':
      return emptyDraft(state, path);
    case 'feeding':
    case 'to-hold':
    case 'reading':
      return voter('reading', (w) => w.reading);
    case 'asking':
      return askingDraft(state, path);
    case 'storing':
    case 'turning':
    case 'passing':
      return voter('casting', (w) => w.casting);
    case 'driving':
    case 'leaving': {
      if (hasLeft(state, path)) return voter('cast', (w) => w.cast);
      const { mouth, 'cover-open': cover } = state.levels;
      const waits = path.move === undefined && (mouth || cover);
      return voter('casting', (w) => {
        const why = mouth ? w.secondSheet : w.notReady('cover-open');
        return waits ? { title: w.casting.title, lines: [why] } : w.casting;
      });
    }
    case 'ending':
      return voter('cast', (w) => w.cast);
    case 'undoing':
    case 'returning':
    case 'in-mouth':
      return givenBackDraft(state, path.why);
    case 'jammed':
      return voter('jam-not-counted', (w) => ({
        ...w.jamNotCounted,
        lines: [...w.jamNotCounted.lines, w.notCounted],
      }));
    case 'jammed-counted':
      return voter('jam-counted', (w) => ({ ...w.jamCounted, lines: [w.counted, ...w.jamCounted.lines] }));
    case 'undecided':
      return inspector('undecided', (w) => w.undecided);
  }
}

/** Counted everywhere and past the exit sensor: the rollers run on, but the voter need not wait for them. */
function hasLeft({ levels }: MachineState, path: PathState): boolean {
  return path.at === 'leaving' && path.finish === 'finished' && path.move !== undefined && !levels.exit;
}

function emptyDraft(state: MachineState, path: PathState & { at: 'empty' }): Draft {
  if (path.told !== undefined) {
    const { counted, why } = path.told;
    if (counted) return voter('cast', (w) => w.cast);
    if (why !== undefined) return givenBackDraft(state, why);
  }
  const reasons = whyNotReady(state);
  if (reasons.length > 0) {
    return voter('not-ready', (w) => ({
      title: w.notReadyTitle,
      lines: reasons.map((reason) => w.notReady(reason)),
    }));
  }
  return voter('insert-ballot', (w) => w.insertBallot);
}

function askingDraft(state: MachineState, path: PathState & { at: 'asking' }): Draft {
  const { warnings, page } = path.held;
  const warning = warnings[page] ?? { kind: 'blank-ballot' };
  const several = warnings.length > 1;
  const say: Draft['say'] = (w, language) => {
    const saying = sayWarning(state, w, language, warning);
    const more = several ? [w.morePages(page + 1, warnings.length)] : [];
    return { title: saying.title, lines: [...saying.lines, ...w.castOrReturn, ...more] };
  };
  return voter(warning.kind, say, several ? ['return', 'cast', 'more'] : ['return', 'cast']);
}

function sayWarning(state: MachineState, w: Words, language: Language, warning: Warning): Saying {
  switch (warning.kind) {
    case 'overvote':
      return w.overvote(contestTitle(state, warning.contestId, language), warning.marked, warning.seats);
    case 'cross-endorsement': {
      const rule = electionOf(state)?.definition.settings.crossEndorsementRule;
      const names = warning.candidateIds.map((id) => candidateName(state, warning.contestId, id));
      const title = contestTitle(state, warning.contestId, language);
      return w.crossEndorsement(title, names, rule === 'candidate-only' ? rule : 'highest-line');
    }
    case 'undervote':
      return w.undervote(contestTitle(state, warning.contestId, language), warning.unused, warning.seats);
    case 'blank-ballot':
      return w.blankBallot;
  }
}

/** Every message about a sheet that is given back ends with the same sentence. */
function givenBackDraft(state: MachineState, why: GiveBack): Draft {
  return voter(`given-back-${why.kind}`, (w, language) => {
    const saying = sayGivenBack(state, w, language, why);
    return { title: saying.title, lines: [...saying.lines, ...hindrance(state, w), w.notCounted] };
  });
}

/** Why a sheet that is given back does not come yet. The sheet itself covers mouth and entry sensor at once. */
function hindrance({ path, levels }: MachineState, w: Words): readonly string[] {
  if (path.at !== 'returning' || path.move !== undefined) return [];
  if (levels.mouth && !levels.entry) return [w.secondSheet];
  return levels['cover-open'] ? [w.notReady('cover-open')] : [];
}

function sayGivenBack(state: MachineState, w: Words, language: Language, why: GiveBack): Saying {
  switch (why.kind) {
    case 'voter-chose':
      return w.youPressedReturn;
    case 'ambiguous':
      return w.ambiguous(why.contestIds.map((id) => contestTitle(state, id, language)));
    case 'not-castable':
      return w.notCastable(contestsOf(why.warnings).map((id) => contestTitle(state, id, language)));
    case 'unreadable':
      return w.unreadable(why.reason);
    case 'wrong-precinct':
      return w.wrongPrecinct;
    case 'test-ballot':
      return w.testBallot;
    case 'several-sheets':
      return w.severalSheets;
    case 'pulled-out':
      return w.pulledOut;
    case 'jam':
      return w.paperStopped;
    case 'images-too-large':
      return w.imagesTooLarge;
    case 'scan-head-failed':
    case 'card-failed':
    case 'gate-failed':
      return w.machineFault;
    case 'power-cut':
      return w.powerCut;
    default:
      return unreachable(why);
  }
}

function contestsOf(warnings: readonly Warning[]): readonly string[] {
  return warnings.flatMap((warning) => (warning.kind === 'blank-ballot' ? [] : [warning.contestId]));
}

function contestTitle(state: MachineState, contestId: string, language: Language): string {
  const contest = electionOf(state)?.definition.contests.find((c) => c.id === contestId);
  const title: Text = contest?.title ?? contestId;
  return textIn(title, language);
}

function candidateName(state: MachineState, contestId: string, candidateId: string): string {
  const contest = electionOf(state)?.definition.contests.find((c) => c.id === contestId);
  if (contest?.kind !== 'candidate') return candidateId;
  return contest.candidates.find((c) => c.id === candidateId)?.name ?? candidateId;
}
