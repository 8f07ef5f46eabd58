import type { ChosenFile } from '@holdout/bundle';

/** What a person chose or dropped: an archive, or files that belong together. */
export type Chosen =
  | { readonly kind: 'archive'; readonly name: string; readonly file: File }
  | {
      readonly kind: 'folder';
      readonly name: string;
      readonly files: readonly ChosenFile[];
      readonly changedAt: number;
    };

/** As a browser gives it: from a folder, with the path in it. */
export type GivenFile = File & { readonly path?: string };

/**
 * Tells what was chosen. One file alone is an archive, whatever it is called: its first bytes say what it is. Everything
 * else is a folder: one that was dropped or chosen, or its files without it.
 */
export function readChosen(given: readonly GivenFile[]): Chosen | null {
  const [first] = given;
  if (!first) return null;
  const paths = given.map(pathOf);
  if (given.length === 1 && !paths[0]?.includes('/')) return { kind: 'archive', name: first.name, file: first };
  const folder = findFolder(paths);
  return {
    kind: 'folder',
    name: folder ?? 'bundle',
    files: given.map((contents, place) => ({
      path: (paths[place] ?? contents.name).slice(folder === null ? 0 : folder.length + 1),
      contents,
    })),
    changedAt: Math.max(...given.map(({ lastModified }) => lastModified)),
  };
}

/** `/folder/a`, `./a` and `folder/a` are what different ways to choose give. */
function pathOf({ path, webkitRelativePath, name }: GivenFile): string {
  return (webkitRelativePath || path || name).replace(/^(\.?\/)+/, '');
}

/** The one folder that everything is in. */
function findFolder(paths: readonly string[]): string | null {
  const [folder, ...inside] = paths[0]?.split('/') ?? [];
  if (folder === undefined || inside.length === 0) return null;
  return paths.every((path) => path.startsWith(`${folder}/`)) ? folder : null;
}
