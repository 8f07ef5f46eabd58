import type { BundleFiles } from '../bundle-files.js';

/** What the texts of several programs tell of which is the one to run; all by path. */
export interface ProgramHints {
  readonly readingArguments: ReadonlySet<string>;
  /** By another one of them. */
  readonly imported: ReadonlySet<string>;
}

/** A program longer than this is read to here. */
const mostTextBytes = 1024 * 1024;

/** Words that mean little else in a Python program, and two that do unless they are imported or used as a module. */
const argumentWords = /\b(?:sys\.argv|argparse|optparse|getopt|docopt|absl|typer)\b|\b(?:click|fire)\.[A-Za-z]/;
const argumentImport = /^[ \t]*(?:from|import)\b.*\b(?:click|fire|argv)\b/m;
/** `import …`, `from src import …`, `from . import …`, or the module in `from src.module import …`. */
const importLine =
  /^[ \t]*(?:(?:from[ \t]+(?:src|\.)[ \t]+)?import[ \t]+(.+)|from[ \t]+(?:src\.|\.+)?([A-Za-z_]\w*)(?:\.[\w.]*)?[ \t]+import)/gm;

/**
 * Looks into several `.py` files of a bundle, in one pass over the archive: one that is packed as tar.gz would be read
 * from its beginning for each file otherwise.
 */
export async function readProgramHints(bundle: BundleFiles, paths: readonly string[]): Promise<ProgramHints> {
  const wanted = new Set(paths);
  const readingArguments = new Set<string>();
  const imported = new Set<string>();
  for await (const { file, chunks } of bundle.walk()) {
    const text = await readStart(chunks, wanted.has(file.path) ? mostTextBytes : 0);
    if (argumentWords.test(text) || argumentImport.test(text)) readingArguments.add(file.path);
    for (const name of listImports(text)) {
      const path = `src/${name}.py`;
      if (path !== file.path && wanted.has(path)) imported.add(path);
    }
  }
  return { readingArguments, imported };
}

/** All chunks must be taken, as some archives go on to the next file only then; few of them are kept. */
async function readStart(chunks: AsyncIterable<Uint8Array>, mostBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let left = mostBytes;
  for await (const chunk of chunks) {
    if (left === 0) continue;
    const part = chunk.subarray(0, left);
    text += decoder.decode(part, { stream: true });
    left -= part.length;
  }
  return text;
}

/** The first name of each module: `import a.b as c, d` → a, d; `from .e import f` → e. */
function* listImports(text: string): Generator<string> {
  for (const [, several, from] of text.matchAll(importLine)) {
    if (from !== undefined) yield from;
    for (const part of several?.split(',') ?? []) yield /^\s*(\w*)/.exec(part)?.[1] ?? '';
  }
}
