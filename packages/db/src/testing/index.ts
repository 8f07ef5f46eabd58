export { manifest, seedPhase } from './seed-phase.js';
export { startTestPostgres, type TestDatabase, type TestPostgres } from './test-postgres.js';
