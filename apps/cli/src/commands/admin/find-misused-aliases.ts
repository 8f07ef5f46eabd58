import { type Alias, type Document, visit } from 'yaml';

/** How often aliases may be written, and how much they may repeat in all: far more than such a file needs. */
const mostAliases = 100;

/**
 * Aliases (`*name`) that YAML's own parser lets pass and that have no value, or one that would fill the memory; with the
 * words that say what to do.
 */
export function findMisusedAliases(document: Document): { alias: Alias; words: string }[] {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_key, alias) => void aliases.push(alias) });
  const [first] = aliases;
  if (!first) return [];
  const excess = aliases[mostAliases];
  const tooMany = `aliases such as *${first.source} repeat too much; write the values out`;
  // Each is looked for in the whole document.
  if (excess) return [{ alias: excess, words: tooMany }];
  const unknown = aliases.filter((alias) => !alias.resolve(document));
  if (unknown.length > 0) {
    return unknown.map((alias) => {
      const words = `*${alias.source} names nothing that stands before it; mark the value it means with &${alias.source}`;
      return { alias, words };
    });
  }
  try {
    document.toJS({ maxAliasCount: mostAliases });
    return [];
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return [{ alias: first, words: tooMany }];
  }
}
