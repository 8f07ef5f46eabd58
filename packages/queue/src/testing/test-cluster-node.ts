import { mkdir } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { startRedisServer } from './start-redis-server.js';

export interface NodePlace {
  /** What it listens at, for clients and for other nodes, and what it says that its clients should come to. */
  readonly port: number;
  readonly busPort: number;
  readonly announcedPort: number;
  readonly directory: string;
  /** After so long a silence it takes another node for dead. */
  readonly nodeTimeoutMilliseconds: number;
  readonly password: string;
}

/** A node of a real Redis Cluster, which knows no other yet. */
export interface TestClusterNode extends NodePlace {
  /** A connection of the test's own. */
  readonly client: Redis;
  /** Whether it answers. */
  readonly isUp: boolean;
  /** Ends it with no word to anybody. */
  kill(): Promise<void>;
  /** It answers nothing more, and its connections stay open, as those of a machine that lost its power. */
  freeze(): void;
  /** After it was killed: with what it had written. */
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestClusterNode(place: NodePlace): Promise<TestClusterNode> {
  await mkdir(place.directory, { recursive: true });
  const start = () => startRedisServer(place.directory, describeNode(place));
  let server = await start();
  let isUp = true;
  const client = new Redis(place.port, { password: place.password, maxRetriesPerRequest: null });
  client.on('error', () => {});
  const kill = async () => {
    isUp = false;
    server.signal('SIGKILL');
    await server.ended;
  };
  return {
    ...{ ...place, client, kill },
    get isUp() {
      return isUp;
    },
    freeze() {
      isUp = false;
      server.signal('SIGSTOP');
    },
    async startAgain() {
      server = await start();
      isUp = true;
    },
    async stop() {
      client.disconnect();
      await kill();
    },
  };
}

function describeNode({ port, busPort, announcedPort, password, nodeTimeoutMilliseconds }: NodePlace) {
  return {
    port: String(port),
    'cluster-enabled': 'yes',
    'cluster-port': String(busPort),
    // One that is alone knows no address of its own.
    'cluster-announce-ip': '127.0.0.1',
    'cluster-announce-port': String(announcedPort),
    'cluster-node-timeout': String(nodeTimeoutMilliseconds),
    appendonly: 'yes',
    requirepass: password,
    masterauth: password,
    'repl-diskless-sync-delay': '0',
  };
}
