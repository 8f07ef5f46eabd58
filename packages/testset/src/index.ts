export { drawReaders, type ReaderDraw } from './draw-readers.js';
export { type Label, majorityLabels, type ReaderLabels } from './gold-standard.js';
export { type InspectedImage, inspectImage } from './import/inspect-image.js';
export { nameOpaquely, type OpaqueName } from './import/opaque-names.js';
export { type ImportPlan, type PlannedStudy, planImport } from './import/plan-import.js';
export type { SourceTable } from './import/read-rows.js';
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
