/**
 * Lets a validator read an object and remembers which keys it looked at: one that it never asked for is one that its
 * schema doesn't know, such as a misspelt one. Where it lists an object's keys, any are allowed.
 */
export function watchKeys(value: unknown): { data: unknown; unread(): string[] } {
  const unreadOf: (() => string[])[] = [];

  function watch(inner: unknown, path: string): unknown {
    if (typeof inner !== 'object' || inner === null) return inner;
    if (Array.isArray(inner)) return inner.map((item, place) => watch(item, `${path}[${place}]`));
    const own = Object.fromEntries(Object.entries(inner).map(([key, each]) => [key, watch(each, `${path}.${key}`)]));
    const read = new Set<string | symbol>();
    unreadOf.push(() =>
      Object.keys(own)
        .filter((key) => !read.has(key))
        .map((key) => `${path}.${key}`),
    );
    return new Proxy(own, {
      get(target, key) {
        read.add(key);
        return Reflect.get(target, key);
      },
      ownKeys(target) {
        for (const key of Object.keys(target)) read.add(key);
        return Reflect.ownKeys(target);
      },
    });
  }

  const data = watch(value, '');
  return { data, unread: () => unreadOf.flatMap((list) => list()) };
}
