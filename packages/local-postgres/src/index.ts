export { type LocalPostgres, startLocalPostgres } from './start-local-postgres.js';
