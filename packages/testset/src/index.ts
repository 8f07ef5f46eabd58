export { type Label, majorityLabels, type ReaderLabels } from './gold-standard.js';
export {
  type Composition,
  type MuraStudyType,
  muraStudyPath,
  muraStudyTypes,
  officialComposition,
  type TypeComposition,
  uniformComposition,
} from './mura.js';
export { demoSets } from './synthetic/demo-sets.js';
export { generateStudies, planStudies, type StudyPlan, type SyntheticStudy } from './synthetic/generate-studies.js';
export { readStudies, syntheticGold, syntheticVoters } from './synthetic/read-studies.js';
export { writeMuraFolder } from './write-mura-folder.js';
