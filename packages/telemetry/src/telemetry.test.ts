import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { Counter } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTelemetry } from './start-telemetry.js';
import { toTelemetrySettings } from './telemetry-variables.js';

const evaluationId = '3f0c1f54-93f1-4c62-9bcb-0a7a62b4a111';

describe('metrics', () => {
  it('are served at a port of their own, and nothing else is', async () => {
    const telemetry = await startTelemetry('test', { metrics: { host: '127.0.0.1', port: 0 }, traces: false });
    const url = telemetry.metricsUrl ?? '';
    new Counter({ name: 'things_total', help: 'Things.', registers: [telemetry.registry] }).inc(3);
    const answer = await fetch(url);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const body = await answer.text();
    expect(body).toContain('\nthings_total 3\n');
    expect(body).toContain('process_cpu_seconds_total');
    expect((await fetch(new URL('/', url))).status).toBe(404);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    await telemetry.close();
    await expect(fetch(url)).rejects.toThrow();
  });

  it('say which variable to change where the port is taken', async () => {
    const first = await startTelemetry('test', { metrics: { host: '127.0.0.1', port: 0 }, traces: false });
    const port = Number(new URL(first.metricsUrl ?? '').port);
    await expect(startTelemetry('test', { metrics: { host: '127.0.0.1', port }, traces: false })).rejects.toThrow(
      `port ${port} of 127.0.0.1`,
    );
    await first.close();
  });

  it('are served nowhere unless a port is given', () => {
    expect(toTelemetrySettings({ HOLDOUT_METRICS_HOST: '127.0.0.1' })).toEqual({ metrics: null, traces: false });
  });
});

describe('traces', () => {
  let collector: Server;
  let endpoint: string;
  let received: ExportedSpan[];

  beforeEach(async () => {
    received = [];
    collector = createServer(async (request, response) => {
      const body = (await json(request)) as { resourceSpans: { scopeSpans: { spans: ExportedSpan[] }[] }[] };
      received.push(...body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await once(collector.listen(0, '127.0.0.1'), 'listening');
    endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  });
  afterEach(() => void collector.close());

  it('have the evaluation’s id, whatever process does a step of it, and say what failed', async () => {
    const nested = `await traceStep({ evaluationId, step: 'evaluate' }, () =>
      traceStep({ evaluationId, step: 'checking', attributes: { engine: 'onnx' } }, async () => {}));`;
    const failing = `await traceStep({ evaluationId, step: 'score' }, async () => { throw new Error('no labels'); })
      .catch(() => {});`;
    await runTraced(nested, endpoint);
    await runTraced(failing, endpoint);
    const trace = evaluationId.replaceAll('-', '');
    expect(received.map(({ name, traceId }) => [name, traceId])).toEqual([
      ['checking', trace],
      ['evaluate', trace],
      ['score', trace],
    ]);
    const [checking, evaluate, score] = received;
    expect(checking?.parentSpanId).toBe(evaluate?.spanId);
    expect(checking?.attributes).toContainEqual({ key: 'engine', value: { stringValue: 'onnx' } });
    expect(score?.status.code).toBe(2);
    expect(JSON.stringify(score?.events)).toContain('no labels');
  });

  it('keep nothing waiting where nobody takes them, and cost nothing where they are not asked for', async () => {
    const step = `const value = await traceStep({ evaluationId, step: 'evaluate' }, async () => 7); console.log(value);`;
    expect(await runTraced(step, 'http://127.0.0.1:1')).toBe('7\n');
    expect(await runTraced(step, undefined)).toBe('7\n');
    expect(received).toEqual([]);
  });
});

interface ExportedSpan {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  attributes: { key: string; value: object }[];
  events: object[];
  status: { code?: number };
}

/** Runs `script` in a process of its own, which sends its traces to `endpoint` and ends in order; gives its output. */
async function runTraced(script: string, endpoint: string | undefined): Promise<string> {
  const module = new URL('../dist/index.js', import.meta.url).href;
  const whole = `
    const { startTelemetry, traceStep } = await import(${JSON.stringify(module)});
    const evaluationId = ${JSON.stringify(evaluationId)};
    const telemetry = await startTelemetry('test', { metrics: null, traces: ${endpoint !== undefined} });
    ${script}
    await telemetry.close();
    process.exit(0);`;
  const environment = { PATH: process.env.PATH, ...(endpoint && { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }) };
  const child = spawn(process.execPath, ['--input-type=module', '-e', whole], { env: environment });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  expect(errors).toBe('');
  expect(code).toBe(0);
  return output;
}
