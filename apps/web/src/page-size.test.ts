import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Manifest } from 'vite';
import { expect, it } from 'vitest';

const pages = fileURLToPath(new URL('../dist/pages/', import.meta.url));
const manifest: Manifest = JSON.parse(readFileSync(`${pages}.vite/manifest.json`, 'utf8'));

const mostBytes = 200_000;

it('the leaderboard’s JavaScript is below 200 kB compressed, words and all', () => {
  const loaded = new Set<string>();
  // What the document loads, and what the router loads for this address.
  for (const start of [
    'index.html',
    'src/pages/leaderboard/leaderboard-page.tsx',
    'src/pages/leaderboard/words.en.ts',
  ]) {
    collect(start, loaded);
  }
  const sizes = [...loaded].map((file) => gzipSync(readFileSync(pages + file), { level: 9 }).length);
  expect(sizes.length).toBeGreaterThan(5);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total).toBeGreaterThan(100_000);
  expect(total).toBeLessThan(mostBytes);
});

it('what the leaderboard does not need comes when it is needed', () => {
  const loaded = new Set<string>();
  for (const start of ['index.html', 'src/pages/leaderboard/leaderboard-page.tsx']) collect(start, loaded);
  const text = [...loaded].map((file) => readFileSync(pages + file, 'utf8')).join('');
  // zod, Markdown, the account menu, and Chinese.
  expect(text).not.toMatch(/ZodError|micromark|auth\/sign-out|sign-out|排行榜/);
});

function collect(name: string, loaded: Set<string>): void {
  const chunk = manifest[name];
  if (!chunk) throw new Error(`Vite’s manifest has no ${name}. Was the page renamed, or not built?`);
  if (loaded.has(chunk.file)) return;
  loaded.add(chunk.file);
  for (const imported of chunk.imports ?? []) collect(imported, loaded);
}
