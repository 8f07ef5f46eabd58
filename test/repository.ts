import { fileURLToPath } from 'node:url';

/** The top folder: seen from here as it is written, or as it is compiled into `dist`. */
export const repository = fileURLToPath(
  new URL(import.meta.url.includes('/test/dist/') ? '../..' : '..', import.meta.url),
);
