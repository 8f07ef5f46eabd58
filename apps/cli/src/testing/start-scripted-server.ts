import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

export interface ScriptedServer {
  readonly config: { readonly server: string; readonly token: string };
  /** Cuts every connection and listens no more. */
  stop(): Promise<void>;
  /** Listens again at the same address. */
  restart(): Promise<void>;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * An HTTP server that does what a test needs of a bad day: cut a stream, refuse while a body is coming, go away and come
 * back. What our own server says on good days is tested with our own server.
 */
export async function startScriptedServer(answer: Answer): Promise<ScriptedServer> {
  let server = createServer(answer);
  const port = await listen(server, 0);
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  onTestFinished(stop);
  return {
    config: { server: `http://127.0.0.1:${port}`, token: 'secret' },
    stop,
    async restart() {
      server = createServer(answer);
      await listen(server, port);
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await new Promise((done, fail) => server.once('listening', done).once('error', fail));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}

export const submissionId = '7c1fd1c6-5b0b-4f0e-8f6e-5b1b0f6f1f11';

/** A submission as the server presents it. */
export function makeSubmission(state: string) {
  return {
    id: submissionId,
    competition: 'mura',
    phase: 'test',
    team: 'Team',
    name: 'model',
    description: null,
    link: null,
    engine: 'onnx',
    bundleDigest: 'a'.repeat(64),
    bundleSizeBytes: 1,
    state,
    progress: null,
    warnings: [],
    stopOnWarning: false,
    reason: null,
    score: null,
    intervals: null,
    withheld: null,
    chosen: false,
    provenance: null,
    standing: 'counted',
    standingReason: null,
    times: {},
    submittedAt: '2026-01-01T00:00:00.000Z',
  };
}
