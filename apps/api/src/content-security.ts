type Directives = Readonly<Record<string, readonly string[]>>;

/**
 * What a browser may do with our answers: nothing from another server, and no script or style that stands in a page.
 * Without `upgrade-insecure-requests`, which breaks a server that is reached by http on a local network.
 */
const directives: Directives = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:', 'blob:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'worker-src': ["'self'", 'blob:'],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'object-src': ["'none'"],
};

/** For every answer that says nothing else. */
export const contentSecurityPolicy = writePolicy(directives);

/**
 * For a page. Its components write styles of their own while it runs, and mark them with a number that this one answer
 * names (docs/decisions/0015-pages.md).
 */
export function writePagePolicy(styleNonce: string): string {
  return writePolicy({ ...directives, 'style-src': ["'self'", `'nonce-${styleNonce}'`] });
}

/** For the API's reference, whose components set style attributes. */
export const referencePolicy = writePolicy({
  ...directives,
  'style-src': ["'self'", "'unsafe-inline'"],
  'font-src': ["'self'", 'data:'],
});

function writePolicy(policy: Directives): string {
  return Object.entries(policy)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}
