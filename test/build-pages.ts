import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Before any test: the API serves the pages as they were built, and one test file may be run alone. */
export default function buildPages(): void {
  const script = fileURLToPath(new URL('../apps/web/scripts/build-pages.mjs', import.meta.url));
  execFileSync(process.execPath, [script], { stdio: 'inherit' });
}
