import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { runHoldout } from '../testing/run-holdout.js';
import { makeSubmission, startScriptedServer, submissionId } from '../testing/start-scripted-server.js';

const at = '2026-01-01T00:00:00.000Z';
const send = (response: ServerResponse, id: number, kind: string, data: object) =>
  response.write(`id: ${id}\nevent: ${kind}\ndata: ${JSON.stringify({ kind, at, ...data })}\n\n`);

/** Tells what has happened, then more after a while, as a check that goes on. */
async function startServer() {
  const { config } = await startScriptedServer((request, response) => {
    if (!request.url?.endsWith('/events')) return response.end(JSON.stringify(makeSubmission('checking')));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    send(response, 1, 'state', { state: 'checking', reason: null });
    send(response, 2, 'log', { line: 'loading \u001b[31mred' });
    send(response, 3, 'warning', { code: 'one_class', message: 'All alike.' });
    response.write(': up to date\n\n');
    setTimeout(() => {
      send(response, 4, 'progress', { stage: 'checking', imagesDone: 1, imagesTotal: 2 });
      send(response, 5, 'log', { line: 'done' });
      send(response, 6, 'state', { state: 'rejected', reason: null });
      response.end();
    }, 1500);
  });
  return { HOLDOUT_SERVER: config.server, HOLDOUT_TOKEN: 'secret' };
}

it('shows the log so far on standard output, and what is no log beside it', async () => {
  const environment = await startServer();
  const { exitCode, stdout, stderr } = await runHoldout(['logs', submissionId], { environment });
  expect([exitCode, stdout]).toEqual([0, 'loading �[31mred\n']);
  expect(stderr).toMatch(/checking\nWarning: All alike\.\n$/);
});

it('stays until the end where it is to follow', async () => {
  const environment = await startServer();
  const { stdout } = await runHoldout(['logs', submissionId, '--follow'], { environment });
  expect(stdout).toBe('loading �[31mred\ndone\n');
  const asJson = await runHoldout(['logs', submissionId, '--follow', '--json'], { environment });
  expect(JSON.parse(asJson.stdout)).toEqual({
    lines: [
      { at, line: 'loading \u001b[31mred' },
      { at, line: 'done' },
    ],
    warnings: ['All alike.'],
  });
});
