import { fileURLToPath } from 'node:url';

/** The two programs of this room, for whoever starts them as processes of their own. */
export const workerPrograms = {
  evaluate: fileURLToPath(new URL('evaluate.js', import.meta.url)),
  score: fileURLToPath(new URL('score.js', import.meta.url)),
};
