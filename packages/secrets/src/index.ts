export { type Environment, readSecretFiles } from './read-secret-files.js';
