import { type ErrorCode, HoldoutError, type ProblemItem } from '@holdout/contracts';

/** What a study is scored against. */
export interface GoldStudy {
  readonly study: string;
  readonly studyType: string;
  readonly label: 0 | 1;
}

/** What is scored. Whatever else a prediction carries is not looked at. */
export interface PredictedStudy {
  readonly study: string;
  readonly label: 0 | 1;
  /** Of *abnormal*, 0..1; null where only a label was given. */
  readonly probability: number | null;
}

/** So many studies are named for each kind of problem; a last item gives the number of the others. */
const namedStudiesLimit = 100;
/** A sentence names fewer. */
const sentenceStudiesLimit = 3;

/** What was predicted, by the place of the study in the gold standard. */
export interface MatchedPredictions {
  /** 0 or 1. */
  readonly labels: Uint8Array;
  /** NaN where only a label was given. */
  readonly probabilities: Float64Array;
}

const notPredicted = 255;

/**
 * Finds for each gold study its only prediction. Exact coverage is demanded, as a score over some of the
 * studies, or over one of them twice, is not the score of the test set.
 *
 * @throws HoldoutError `labels_invalid` where the gold standard names a study twice; `predictions_invalid`,
 *   `predictions_missing`, `predictions_duplicate` or `predictions_unknown` where the predictions are at fault.
 *   Its code tells of the first of these kinds that occurs, its detail and `problems` of all of them.
 */
export function matchPredictions(
  gold: readonly GoldStudy[],
  predictions: readonly PredictedStudy[],
): MatchedPredictions {
  const placeOf = new Map<string, number>();
  for (let place = 0; place < gold.length; place++) placeOf.set(gold[place]?.study ?? '', place);
  if (placeOf.size < gold.length) throw repeatedGold(gold);

  // Flat arrays, because the predictions come in any order and objects would be fetched from all over the memory.
  const labels = new Uint8Array(gold.length).fill(notPredicted);
  const probabilities = new Float64Array(gold.length);
  const invalid = new Set<string>();
  const duplicate = new Set<string>();
  const unknown = new Set<string>();
  for (const [row, { study, label, probability }] of predictions.entries()) {
    if (!isValid(label, probability)) invalid.add(study);
    // Most come in the order of the gold standard; looking there first spares a random access to memory.
    const place = gold[row]?.study === study ? row : placeOf.get(study);
    if (place === undefined) unknown.add(study);
    else if (labels[place] !== notPredicted) duplicate.add(study);
    else {
      labels[place] = label;
      probabilities[place] = probability ?? Number.NaN;
    }
  }
  const missing = gold.filter((_, place) => labels[place] === notPredicted).map(({ study }) => study);

  throwIfAny(
    [
      { ...findings.invalid, studies: [...invalid] },
      { ...findings.missing, studies: missing },
      { ...findings.duplicate, studies: [...duplicate] },
      { ...findings.unknown, studies: [...unknown] },
    ],
    `The test set has ${gold.length} studies; ${predictions.length} predictions were given.`,
  );
  return { labels, probabilities };
}

function isValid(label: number, probability: number | null): boolean {
  // Written so that NaN, which no comparison holds for, is not valid.
  return (label === 0 || label === 1) && (probability === null || (probability >= 0 && probability <= 1));
}

function repeatedGold(gold: readonly GoldStudy[]): HoldoutError {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { study } of gold) (seen.has(study) ? repeated : seen).add(study);
  const finding = { ...findings.repeatedGold, studies: [...repeated] };
  return new HoldoutError(finding.code, { detail: describe(finding), problems: listProblems(finding) });
}

interface FindingKind {
  readonly code: ErrorCode;
  readonly found: string;
  readonly expected: string;
}

interface Finding extends FindingKind {
  readonly studies: readonly string[];
}

const findings = {
  invalid: {
    code: 'predictions_invalid',
    found: 'a label or probability out of range',
    expected: 'a label that is 0 or 1, and a probability from 0 to 1',
  },
  missing: { code: 'predictions_missing', found: 'no prediction', expected: 'exactly one prediction' },
  duplicate: { code: 'predictions_duplicate', found: 'more than one prediction', expected: 'exactly one prediction' },
  unknown: {
    code: 'predictions_unknown',
    found: 'a prediction for a study that is not in the test set',
    expected: 'only studies of the test set',
  },
  repeatedGold: { code: 'labels_invalid', found: 'more than one label', expected: 'exactly one label' },
} as const satisfies Record<string, FindingKind>;

function throwIfAny(all: readonly Finding[], counts: string): void {
  const occurring = all.filter(({ studies }) => studies.length > 0);
  const [first] = occurring;
  if (first === undefined) return;
  throw new HoldoutError(first.code, {
    detail: `${occurring.map(describe).join(' ')} ${counts}`,
    problems: occurring.flatMap(listProblems),
  });
}

function describe({ studies, found, expected }: Finding): string {
  const named = studies.slice(0, sentenceStudiesLimit).map(quote).join(', ');
  const others = studies.length - sentenceStudiesLimit;
  const who = studies.length === 1 ? '1 study has' : `${studies.length} studies have`;
  return `${who} ${found}, expected ${expected}: ${named}${others > 0 ? ` and ${others} more` : ''}.`;
}

function listProblems({ code, studies, found, expected }: Finding): ProblemItem[] {
  const problems: ProblemItem[] = studies.slice(0, namedStudiesLimit).map((study) => ({
    code,
    found,
    expected,
    message: `Study ${quote(study)} has ${found}, expected ${expected}.`,
  }));
  const others = studies.length - problems.length;
  if (others > 0) {
    problems.push({
      code,
      found,
      expected,
      message: `${others} more studies have ${found}; ${studies.length} in all, expected ${expected}.`,
    });
  }
  return problems;
}

/** Names come from outside: bounded in length, and with control characters made visible. */
function quote(study: string): string {
  return JSON.stringify(study.length > 200 ? `${study.slice(0, 200)}…` : study);
}
