export { manifest, seedPhase, seedSubmission } from './seed-phase.js';
export { startTestPostgres, type TestDatabase, type TestPostgres } from './test-postgres.js';
