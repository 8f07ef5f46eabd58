import type { Label } from '../gold-standard.js';
import { type Composition, type MuraStudyType, muraStudyPath, muraStudyTypes } from '../mura.js';
import { drawAnatomy } from './anatomy.js';
import { addLesion, type LesionKind } from './lesion.js';
import { type Radiograph, takeRadiograph } from './radiograph.js';
import { type Random, randomFrom } from './random.js';

/** One examination of one invented patient. */
export interface SyntheticStudy {
  /** `XR_WRIST/patient00001/study1` */
  readonly study: string;
  readonly studyType: MuraStudyType;
  readonly patient: string;
  readonly truth: Label;
  readonly lesion: 'none' | LesionKind;
  /** 0 is plain to see, 1 is all but invisible; of a normal study, how easily it is taken for abnormal. */
  readonly difficulty: number;
  readonly images: readonly (Radiograph & { readonly fileName: string })[];
}

interface GenerateOptions {
  /** Sets with different seeds share no study, no patient and no picture. */
  readonly seed: string;
  readonly composition: Composition;
  /** The number of the first patient; the patients of one set are numbered on from it. */
  readonly firstPatient?: number;
}

/** What a study will be, before any of its pictures is taken. */
export interface StudyPlan extends Omit<SyntheticStudy, 'images'> {
  readonly imageCount: number;
}

const views = [0, Math.PI / 2, Math.PI / 4, -Math.PI / 4];

/**
 * Plans a set: exactly the studies, abnormal studies and images that the composition asks of each type, in an order
 * that tells nothing of the labels.
 *
 * @throws RangeError where a composition can't be met: more abnormal studies than studies, fewer images than studies
 */
export function planStudies({ seed, composition, firstPatient = 1 }: GenerateOptions): StudyPlan[] {
  const random = randomFrom(seed, 'plan');
  const drafts = muraStudyTypes.flatMap((studyType) => {
    const { studies, abnormal, images } = composition[studyType];
    if (abnormal > studies || images < studies) {
      throw new RangeError(
        `${studyType}: ${studies} studies can't have ${abnormal} abnormal ones and ${images} images.`,
      );
    }
    const imageCounts = shareOut(images, studies, random);
    const truths = random.shuffle(Array.from({ length: studies }, (_, index): Label => (index < abnormal ? 1 : 0)));
    return truths.map((truth, index) => ({ studyType, truth, imageCount: imageCounts[index] ?? 1 }));
  });
  return random.shuffle(drafts).map(({ studyType, truth, imageCount }, index) => {
    const patient = `patient${String(firstPatient + index).padStart(5, '0')}`;
    const study = muraStudyPath(studyType, patient, 1);
    const lesion = truth === 1 ? random.pick(lesionKinds) : 'none';
    return { study, studyType, patient, truth, lesion, difficulty: random.next() ** 1.3, imageCount };
  });
}

/**
 * Generates the studies of a set one after the other, in the order of its plan.
 *
 * @param isWanted - which of them; each is the same whether the others are drawn or not
 */
export async function* generateStudies(
  options: GenerateOptions,
  isWanted: (plan: StudyPlan) => boolean = () => true,
): AsyncGenerator<SyntheticStudy> {
  for (const plan of planStudies(options)) if (isWanted(plan)) yield await generateStudy(options.seed, plan);
}

async function generateStudy(seed: string, { imageCount, ...plan }: StudyPlan): Promise<SyntheticStudy> {
  const random = randomFrom(seed, 'study', plan.study);
  const healthy = drawAnatomy(plan.studyType, random);
  const abnormal = plan.lesion === 'none' ? null : addLesion(healthy, plan.lesion, plan.difficulty, random);
  // The pictures are drawn one after the other and compressed side by side: each view has its own chance.
  const images = Array.from({ length: imageCount }, async (_, view) => {
    const chance = randomFrom(seed, 'view', plan.study, view);
    const turn = (views[view % views.length] ?? 0) + chance.normal() * 0.08;
    const radiograph = await takeRadiograph(abnormal?.anatomy ?? healthy, abnormal, turn, chance);
    return { ...radiograph, fileName: `image${view + 1}.png` };
  });
  return { ...plan, images: await Promise.all(images) };
}

/** Three of these in ten are broken and out of place, three carry metal, four are merely cracked. */
const lesionKinds: readonly LesionKind[] = [
  ...Array<LesionKind>(4).fill('fracture'),
  ...Array<LesionKind>(3).fill('displaced'),
  ...Array<LesionKind>(3).fill('hardware'),
];

/** Splits `total` into `parts` whole numbers of at least 1 that differ by chance. */
function shareOut(total: number, parts: number, random: Random): number[] {
  const counts = Array<number>(parts).fill(1);
  for (let left = total - parts; left > 0; left -= 1) {
    const index = random.integer(0, parts - 1);
    // Few studies have more than five views: such a draw is made once more.
    const chosen = (counts[index] ?? 0) < 5 ? index : random.integer(0, parts - 1);
    counts[chosen] = (counts[chosen] ?? 0) + 1;
  }
  return counts;
}
