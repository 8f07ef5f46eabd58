import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

/** Where a process lets itself be measured: a listener of its own, which readers of the pages never reach. */
export interface MetricsAddress {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

interface MetricsServer {
  /** Such as `http://127.0.0.1:9464/metrics`. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves a registry at `/metrics`, in the text format of Prometheus.
 *
 * @throws Error with a sentence for the operator where the port can't be had
 */
export async function serveMetrics(registry: Registry, { host, port }: MetricsAddress): Promise<MetricsServer> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path !== '/metrics') return void response.writeHead(404).end('The metrics are at /metrics.\n');
    if (request.method !== 'GET' && request.method !== 'HEAD') return void response.writeHead(405).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      // Its cause is in the process' log; whoever scrapes sees that this one failed.
      () => response.writeHead(500).end('The metrics could not be collected.\n'),
    );
  });
  await listen(server, host, port);
  const address = server.address();
  const usedPort = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${usedPort}/metrics`,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new Error(
          `The metrics can’t be served at port ${port} of ${host} (${cause.message}). Choose another by ` +
            'HOLDOUT_METRICS_PORT and HOLDOUT_METRICS_HOST, or set the port to nothing.',
          { cause },
        ),
      ),
    );
    server.listen(port, host, () => resolve());
  });
}
