import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Bounds in seconds: a board from memory takes under a millisecond, a large upload minutes. */
const durationBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300];

/**
 * Measures each request by its route, never by its address: ids would make a series each. Streams of events stay open for
 * as long as somebody looks, so they are counted, not timed.
 */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const labelNames = ['method', 'route', 'status'] as const;
  const durations = new Histogram({
    name: 'holdout_http_request_seconds',
    help: 'Time from a request to the end of its answer, by route; event streams are left out.',
    labelNames,
    buckets: durationBuckets,
    registers: [registry],
  });
  const received = new Counter({
    name: 'holdout_http_received_bytes_total',
    help: 'Bytes that came in with requests, by route: bundles, test sets, and little else.',
    labelNames: ['route'] as const,
    registers: [registry],
  });
  const underWay = new Gauge({
    name: 'holdout_http_requests_under_way',
    help: 'Requests that are being answered, open event streams among them.',
    registers: [registry],
  });
  // By the connection, since a body may be cut short: what was received is not what was announced. Connections are kept for
  // further requests, so each counts from where the one before it ended.
  const countedOf = new WeakMap<Socket, number>();

  app.addHook('onRequest', async (_request, reply) => {
    underWay.inc();
    reply.raw.once('close', () => underWay.dec());
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const { socket } = request.raw;
    received.inc({ route }, Math.max(0, socket.bytesRead - (countedOf.get(socket) ?? 0)));
    countedOf.set(socket, socket.bytesRead);
    if (String(reply.getHeader('content-type')).startsWith('text/event-stream')) return;
    durations.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
}
