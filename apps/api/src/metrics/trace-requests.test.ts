import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { startTelemetry } from '@holdout/telemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packFiles, tfjsFiles } from '../testing/make-bundle.js';
import { type SeededCompetition, seedCompetition } from '../testing/seed-competition.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

interface ExportedSpan {
  traceId: string;
  parentSpanId?: string;
  attributes: { key: string; value: { stringValue?: string } }[];
  links?: { traceId: string }[];
}

const received: ExportedSpan[] = [];
let collector: Server;
let telemetry: Awaited<ReturnType<typeof startTelemetry>>;
let server: TestServer;
let seeded: SeededCompetition;

beforeAll(async () => {
  collector = createServer(async (request, response) => {
    const body = (await json(request)) as { resourceSpans: { scopeSpans: { spans: ExportedSpan[] }[] }[] };
    received.push(...body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await once(collector.listen(0, '127.0.0.1'), 'listening');
  // OpenTelemetry's own variable, which it reads itself.
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  telemetry = await startTelemetry('holdout-api', { metrics: null, traces: true });
  server = await startTestServer({ watched: { registry: telemetry.registry, traces: true } });
  seeded = await seedCompetition(server);
});
afterAll(async () => {
  await server.close();
  collector.close();
});

it('goes on its caller’s trace, and leads from a submission to its evaluation', async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const answer = await server.request('/api/competitions/mura/phases/practice/submissions', {
    method: 'POST',
    token: seeded.alpha.token,
    headers: { 'content-type': 'application/zip', traceparent: `00-${trace}-00f067aa0ba902b7-01` },
    body: new Uint8Array(await packFiles(tfjsFiles())),
  });
  expect(answer.status).toBe(201);
  await server.request('/api/health');
  const { id } = await server.database.selectFrom('evaluations').select('id').executeTakeFirstOrThrow();
  await telemetry.close();

  const leading = received.find(({ parentSpanId }) => parentSpanId === '00f067aa0ba902b7');
  expect(leading?.traceId).toBe(trace);
  expect(leading?.attributes).toContainEqual({ key: 'holdout.evaluation_id', value: { stringValue: id } });
  expect(leading?.links?.map(({ traceId }) => traceId)).toEqual([id.replaceAll('-', '')]);
  // What is asked every few seconds is left out; so are tokens.
  expect(JSON.stringify(received)).not.toContain('/api/health');
  expect(JSON.stringify(received)).not.toContain(seeded.alpha.token);
});
