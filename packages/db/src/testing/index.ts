export { fillAfterFirstRelease } from './fill-after-first-release.js';
export {
  type EarlierSubmission,
  earlierSubmissions,
  earlierTokens,
  fillFirstRelease,
  firstRelease,
} from './fill-first-release.js';
export { manifest, seedPhase, seedSubmission } from './seed-phase.js';
export { startTestPostgres, type TestDatabase, type TestPostgres } from './test-postgres.js';
