export { findFreePort } from './find-free-port.js';
export { findRunningPostgres } from './find-running-postgres.js';
export { type LocalPostgres, startLocalPostgres } from './start-local-postgres.js';
