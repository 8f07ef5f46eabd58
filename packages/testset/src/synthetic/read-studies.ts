import { type Label, majorityLabels, type ReaderLabels } from '../gold-standard.js';
import type { StudyPlan } from './generate-studies.js';
import { randomFrom } from './random.js';

/** How well an invented radiologist reads. */
interface Skill {
  readonly reader: string;
  /** The chance to miss a lesion that is all but invisible; plain ones are missed far less often. */
  readonly misses: number;
  /** The chance to call the most misleading normal study abnormal. */
  readonly falseAlarms: number;
}

const skills: readonly Skill[] = [
  { reader: 'Reader 1', misses: 0.4, falseAlarms: 0.14 },
  { reader: 'Reader 2', misses: 0.34, falseAlarms: 0.2 },
  { reader: 'Reader 3', misses: 0.46, falseAlarms: 0.1 },
  { reader: 'Reader 4', misses: 0.5, falseAlarms: 0.22 },
  { reader: 'Reader 5', misses: 0.38, falseAlarms: 0.16 },
  { reader: 'Reader 6', misses: 0.62, falseAlarms: 0.3 },
];

/** Three of the six form the gold standard; the other three are compared with it. */
export const syntheticVoters: readonly string[] = ['Reader 1', 'Reader 2', 'Reader 3'];

/**
 * Has six invented radiologists of differing skill read the planned studies. Each errs by chance, the more often the
 * harder a study is.
 *
 * The plan's truth becomes the gold standard: where the three voters' own readings would outvote it, they read that
 * study again until their majority agrees, so that the set has exactly the composition that was planned. A voter
 * still errs alone, as readers do. The three others read once and are never corrected.
 */
export function readStudies({ seed, plans }: { seed: string; plans: readonly StudyPlan[] }): ReaderLabels[] {
  const voters = skills.filter(({ reader }) => syntheticVoters.includes(reader));
  const labels = new Map(skills.map(({ reader }) => [reader, new Map<string, Label>()]));
  for (const plan of plans) {
    for (const skill of skills) {
      if (!voters.includes(skill)) labels.get(skill.reader)?.set(plan.study, readOnce(seed, plan, skill, 0));
    }
    for (let attempt = 0; ; attempt += 1) {
      for (const skill of voters) labels.get(skill.reader)?.set(plan.study, readOnce(seed, plan, skill, attempt));
      const votes = voters.map(({ reader }) => labels.get(reader)?.get(plan.study));
      if (votes.filter((vote) => vote === plan.truth).length * 2 > voters.length) break;
    }
  }
  return skills.map(({ reader }) => ({ reader, labels: labels.get(reader) ?? new Map() }));
}

function readOnce(seed: string, plan: StudyPlan, skill: Skill, attempt: number): Label {
  const random = randomFrom(seed, 'reading', skill.reader, plan.study, attempt);
  const worst = plan.truth === 1 ? skill.misses : skill.falseAlarms;
  const errs = random.chance(worst * (0.12 + 0.88 * plan.difficulty ** 2));
  return errs ? (plan.truth === 1 ? 0 : 1) : plan.truth;
}

/** The gold standard of readings by the six. */
export function syntheticGold(readings: readonly ReaderLabels[]): Map<string, Label> {
  return majorityLabels(readings.filter(({ reader }) => syntheticVoters.includes(reader)));
}
