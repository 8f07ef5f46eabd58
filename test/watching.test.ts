import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findFreePort } from '@holdout/local-postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repository } from './repository.js';
import { makeDataDirectory, type Standalone, startStandalone } from './run-standalone.js';

const run = promisify(execFile);
const prometheus = fileURLToPath(new URL('../deploy/prometheus', import.meta.url));
const dashboard = fileURLToPath(new URL('../deploy/grafana/holdout.json', import.meta.url));

describe('the alerts', () => {
  it('are what Prometheus takes, sound where something is wrong, and are silent where all is well', async () => {
    const promtool = (...argv: string[]) => run('promtool', argv, { cwd: prometheus });
    await promtool('check', 'rules', 'alerts.yml');
    await promtool('check', 'config', 'prometheus.yml');
    const { stdout } = await promtool('test', 'rules', 'alerts.test.yml');
    expect(stdout).toContain('SUCCESS');
  });
});

describe('npm start, watched', () => {
  let data: Awaited<ReturnType<typeof makeDataDirectory>>;
  let standalone: Standalone;
  let metricsPort: number;
  /** Of the API, the scoring and the evaluating worker, from the first port on. */
  const places = [0, 1, 2];

  beforeAll(async () => {
    data = await makeDataDirectory();
    metricsPort = await findFreePort({ inARow: places.length });
    const environment = { HOLDOUT_METRICS_PORT: String(metricsPort) };
    standalone = await startStandalone({ dataDirectory: data.path, environment });
    await standalone.printed(/Ctrl-C/, 400);
  }, 420_000);
  afterAll(async () => {
    await standalone?.interrupt();
    await data?.remove();
  });

  const scrape = async () => {
    const ports = places.map((place) => metricsPort + place);
    const answers = await Promise.all(ports.map((port) => fetch(`http://127.0.0.1:${port}/metrics`)));
    return await Promise.all(answers.map((answer) => answer.text()));
  };

  it('says what became of the demo bundles, and how long it took', async () => {
    const [api = '', scoring = '', evaluating = ''] = await scrape();
    expect(api).toContain('holdout_evaluations{state="scored",reason=""} 4');
    expect(api).toContain('holdout_workers{kind="evaluating",mode="working"} 1');
    expect(scoring).toMatch(/holdout_stage_seconds_count\{stage="scoring",engine="onnx"\} [1-3]/);
    expect(evaluating).toMatch(/holdout_stage_seconds_count\{stage="running",engine="onnx"\} [1-3]/);
  });

  it('exports everything that the alerts and the dashboard ask for', async () => {
    const exported = new Set([...(await scrape()).join('\n').matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
    const asked = `${await readFile(`${prometheus}/alerts.yml`, 'utf8')}${await readFile(dashboard, 'utf8')}`;
    const names = [...asked.matchAll(/\b(?:holdout|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name);
    const base = (name: string) => name.replace(/_(?:bucket|count|sum)$/, '');
    expect(names.length).toBeGreaterThan(30);
    // What is measured of a GPU is said where there is one.
    const unknown = names.filter((name) => !exported.has(name) && !exported.has(base(name)));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it('logs one submission by its request and its evaluation, from the API to the score', async () => {
    const archive = join(data.path, 'weak.zip');
    const pack = [join(repository, 'node_modules/.bin/holdout'), 'pack', 'packages/baseline/demo/weak', '-o', archive];
    await run(process.execPath, pack, { cwd: repository });
    const [, token = ''] = /your team +(holdout_\S+)/.exec(standalone.output()) ?? [];
    const answer = await fetch(`${standalone.address}/api/competitions/mura/phases/practice/submissions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
      body: new Uint8Array(await readFile(archive)),
    });
    expect(answer.status).toBe(201);
    const { id: submissionId } = (await answer.json()) as { id: string };
    const reqId = answer.headers.get('x-request-id');
    const lines = async () => {
      const text = await readFile(join(data.path, 'holdout.log'), 'utf8');
      const written = text.split('\n').filter((line) => line.includes(`"reqId":"${reqId}"`));
      return written.map((line): { msg: string; pid: number; evaluationId?: string } => JSON.parse(line));
    };
    const steps = ['submitted', 'evaluation claimed', 'predictions stored', 'scored'];
    const said = async () => (await lines()).filter(({ msg }) => steps.includes(msg));
    await expect
      .poll(async () => (await said()).map(({ msg }) => msg), { timeout: 120_000, interval: 500 })
      .toEqual(steps);
    const [submitted, claimed, stored, scored] = await said();
    expect(submitted).toMatchObject({ submissionId, evaluationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    for (const each of [claimed, stored, scored]) {
      expect(each).toMatchObject({ submissionId, evaluationId: submitted?.evaluationId });
    }
    // Of three processes: the API, the evaluating and the scoring worker.
    expect(claimed?.pid).toBe(stored?.pid);
    expect(new Set([submitted?.pid, claimed?.pid, scored?.pid]).size).toBe(3);
    const shown = await fetch(`${standalone.address}/api/submissions/${submissionId}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await shown.text()).not.toContain(reqId);
  }, 200_000);
});
