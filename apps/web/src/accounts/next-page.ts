/** A path of this server’s pages; `//host` and `/\host` are other servers’. */
export function isOwnPage(path: string): boolean {
  return /^\/(?![/\\])/.test(path) && !/[\s\\]/.test(path) && !/^\/api(\/|\?|#|$)/.test(path);
}

/** The address of a page, with where to go after it. */
export function withNext(path: string, next: string | undefined): string {
  return next === undefined ? path : `${path}?next=${encodeURIComponent(next)}`;
}
