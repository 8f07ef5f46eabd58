import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@holdout/local-postgres';
import { type Gate, joinGates, openGate } from './gate.js';
import { startTestClusterNode, type TestClusterNode } from './test-cluster-node.js';

/** A real Redis Cluster of three masters, each with a replica where they are asked for, behind a password. */
export interface TestRedisCluster {
  /** Names the masters that it began with. */
  readonly url: string;
  nameAddress(nodes: readonly TestClusterNode[]): string;
  /** What its clients come through; its nodes speak to each other beside it. */
  readonly gate: Gate;
  findMasters(): Promise<TestClusterNode[]>;
  /** The master that has this key, or would have it. */
  findHolder(key: string): Promise<TestClusterNode>;
  stop(): Promise<void>;
}

/** One that an address can't take as it is. */
const password = 'p@ss/w,rd';
const masterCount = 3;
const slotCount = 16_384;

export async function startTestRedisCluster({
  replicas = true,
  nodeTimeoutMilliseconds = 15_000,
} = {}): Promise<TestRedisCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'holdout-test-redis-cluster-'));
  const count = replicas ? 2 * masterCount : masterCount;
  const first = await findFreePort({ inARow: 3 * count });
  const places = Array.from({ length: count }, (_, index) => ({
    ...{ port: first + 3 * index, busPort: first + 3 * index + 1, announcedPort: first + 3 * index + 2 },
    ...{ directory: join(directory, String(index)), nodeTimeoutMilliseconds, password },
  }));
  const gate = joinGates(await Promise.all(places.map(({ port, announcedPort }) => openGate(port, announcedPort))));
  const nodes = await Promise.all(places.map(startTestClusterNode));
  await joinNodes(nodes);
  return {
    url: nameAddress(nodes.slice(0, masterCount)),
    ...{ nameAddress, gate },
    findMasters: async () => (await readSlots(nodes)).map(({ master }) => master),
    async findHolder(key) {
      const slot = Number(await findUp(nodes).client.call('CLUSTER', 'KEYSLOT', key));
      const range = (await readSlots(nodes)).find(({ from, to }) => from <= slot && slot <= to);
      if (!range) throw new Error(`No node has slot ${slot}.`);
      return range.master;
    },
    async stop() {
      await gate.cut();
      await Promise.all(nodes.map((node) => node.stop()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function nameAddress(nodes: readonly TestClusterNode[]): string {
  const hosts = nodes.map(({ announcedPort }) => `127.0.0.1:${announcedPort}`);
  return `redis+cluster://:${encodeURIComponent(password)}@${hosts.join()}`;
}

/** The first three share the slots, and each of the others follows one of them. */
async function joinNodes(nodes: readonly TestClusterNode[]): Promise<void> {
  const [first, ...others] = nodes as [TestClusterNode, ...TestClusterNode[]];
  for (const [index, { client }] of nodes.slice(0, masterCount).entries()) {
    const bounds = [index, index + 1].map((share) => Math.ceil((share * slotCount) / masterCount));
    await client.call('CLUSTER', 'ADDSLOTSRANGE', bounds[0] ?? 0, (bounds[1] ?? 0) - 1);
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
  }
  for (const { announcedPort, busPort } of others) {
    await first.client.call('CLUSTER', 'MEET', '127.0.0.1', announcedPort, busPort);
  }
  const infoHas =
    (line: string) =>
    async ({ client }: TestClusterNode) =>
      String(await client.call('CLUSTER', 'INFO')).includes(`${line}\r\n`);
  await untilAll(nodes, infoHas(`cluster_known_nodes:${nodes.length}`));
  const replicas = nodes.slice(masterCount);
  for (const [index, { client }] of replicas.entries()) {
    await client.call('CLUSTER', 'REPLICATE', String(await nodes[index]?.client.call('CLUSTER', 'MYID')));
  }
  await untilAll(nodes, infoHas('cluster_state:ok'));
  await untilAll(replicas, async ({ client }) => (await client.info('replication')).includes('master_link_status:up'));
}

async function untilAll(nodes: readonly TestClusterNode[], isSo: (node: TestClusterNode) => Promise<boolean>) {
  for (const node of nodes) while (!(await isSo(node))) await sleep(50);
}

interface SlotRange {
  readonly from: number;
  readonly to: number;
  readonly master: TestClusterNode;
}

/** As a node that answers sees them: others may need a moment to agree. */
async function readSlots(nodes: readonly TestClusterNode[]): Promise<SlotRange[]> {
  const answer = (await findUp(nodes).client.call('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
  return answer.map(([from, to, [, announcedPort]]) => {
    const master = nodes.find((node) => node.announcedPort === announcedPort);
    if (!master) throw new Error(`No node of this cluster is at port ${announcedPort}.`);
    return { from, to, master };
  });
}

function findUp(nodes: readonly TestClusterNode[]): TestClusterNode {
  const up = nodes.find(({ isUp }) => isUp);
  if (!up) throw new Error('No node of this cluster is up.');
  return up;
}
