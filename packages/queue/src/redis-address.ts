/** Where Redis is, as `REDIS_URL` says it. */
export interface RedisAddress {
  readonly isCluster: boolean;
  /** By TLS. */
  readonly isSecret: boolean;
  readonly username: string;
  readonly password: string;
  /** One of a single Redis; of a cluster those that are asked for all the others. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
}

const form = /^(?<scheme>rediss?)(?<cluster>\+cluster)?:\/\/(?<login>[^@/?#]*@)?(?<hosts>[^@/?#]+)(?<rest>.*)$/;
const defaultPort = 6379;

export function isRedisAddress(address: string): boolean {
  return parse(address) !== null;
}

/**
 * Reads `redis://host`, or `redis+cluster://one:6379,other:6379` with some nodes of a cluster, of which one that answers
 * is enough; with TLS `rediss…`. A user and a password stand before the first host.
 *
 * @throws TypeError where it is no such address; the address, which may hold a password, is not in its message
 */
export function readRedisAddress(address: string): RedisAddress {
  const read = parse(address);
  if (!read) throw new TypeError('A redis:// or redis+cluster:// address is expected.');
  return read;
}

function parse(address: string): RedisAddress | null {
  const { scheme = '', cluster, login = '', hosts = '', rest = '' } = form.exec(address)?.groups ?? {};
  const isCluster = cluster !== undefined;
  // A cluster has no numbered databases; and several nodes are one.
  if (isCluster ? !['', '/'].includes(rest) : hosts.includes(',')) return null;
  try {
    const urls = hosts.split(',').map((host) => new URL(`${scheme}://${login}${host}`));
    const [first] = urls;
    if (!first || urls.some(({ hostname }) => hostname === '')) return null;
    return {
      isCluster,
      isSecret: scheme === 'rediss',
      username: decodeURIComponent(first.username),
      password: decodeURIComponent(first.password),
      nodes: urls.map(({ hostname, port }) => ({
        host: hostname.replace(/^\[|\]$/g, ''),
        port: Number(port || defaultPort),
      })),
    };
  } catch {
    return null;
  }
}
