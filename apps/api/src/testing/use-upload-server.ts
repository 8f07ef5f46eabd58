import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { packFiles, tfjsFiles } from './make-bundle.js';
import { type SeededCompetition, seedCompetition } from './seed-competition.js';
import { startTestServer, type TestServer } from './test-server.js';

type Sender = { url: string; token: string };

/** A server with a competition, two teams that may send to it, and a bundle of a size that is worth more than one part. */
interface UploadServer {
  readonly server: TestServer;
  readonly seeded: SeededCompetition;
  readonly alpha: Sender;
  readonly beta: Sender;
  readonly archive: Buffer;
}

/** Starts one for the tests of a file, hands it over before the first of them, and closes it after all. */
export function useUploadServer(
  handOver: (started: UploadServer) => void,
  { paddingBytes = 100_000, ...options }: { paddingBytes?: number } & Parameters<typeof startTestServer>[0] = {},
): void {
  let server: TestServer | undefined;

  beforeAll(async () => {
    const started = await startTestServer(options);
    server = started;
    const seeded = await seedCompetition(started);
    const senderOf = (team: 'alpha' | 'beta') => ({ url: started.url, token: seeded[team].token });
    const archive = await packFiles({ ...tfjsFiles(), 'padding.bin': randomBytes(paddingBytes) });
    handOver({ server: started, seeded, alpha: senderOf('alpha'), beta: senderOf('beta'), archive });
  });
  afterAll(() => server?.close());
}
