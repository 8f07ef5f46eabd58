/** Compares weakly, as RFC 9110 asks of If-None-Match: proxies that compress mark the tag with `W/`. */
export function matchesEtag(header: string | undefined, etags: readonly string[]): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.some((tag) => tag === '*' || etags.includes(tag));
}
