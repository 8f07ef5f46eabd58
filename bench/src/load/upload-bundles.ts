import { submissionSchema } from '@holdout/contracts';
import { expectOk, type LoadRun } from './load-run.js';
import { readEvents } from './read-events.js';

const phase = '/api/competitions/mura/phases/practice';
const tus = { 'tus-resumable': '1.0.0' };

/** A client that submits a bundle, follows it to its score, and submits the next: plain and by tus, in turns. */
export async function uploadBundles(run: LoadRun, client: number, bundle: Uint8Array<ArrayBuffer>): Promise<void> {
  const token = run.plan.tokens[client] ?? '';
  let count = client % 2;
  await run.repeat('an upload', async () => {
    const name = `load ${client}-${count++}`;
    const startedAt = performance.now();
    const path = count % 2 === 0 ? await sendWhole(name) : await sendByTus(name);
    const made = await expectOk(await run.request(client, path, { token }), path);
    const submission = submissionSchema.parse(await made.json());
    run.uploads.push(performance.now() - startedAt);
    run.submitted.set(submission.id, { name, team: client });
    run.latest.set(client, submission.id);
    await follow(submission.id);
  });

  async function sendWhole(name: string): Promise<string> {
    const headers = { 'content-type': 'application/octet-stream' };
    const address = `${phase}/submissions?name=${encodeURIComponent(name)}`;
    const response = await expectOk(
      await run.request(client, address, { method: 'POST', token, headers, body: bundle }),
      'POST submissions',
    );
    await response.arrayBuffer();
    return response.headers.get('location') ?? '';
  }

  async function sendByTus(name: string): Promise<string> {
    const metadata = `name ${Buffer.from(name).toString('base64')}`;
    const begin = { ...tus, 'upload-length': String(bundle.length), 'upload-metadata': metadata };
    const begun = await expectOk(
      await run.request(client, `${phase}/uploads`, { method: 'POST', token, headers: begin }),
      'POST uploads',
    );
    const { pathname } = new URL(begun.headers.get('location') ?? '', run.plan.address);
    const part = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
    await expectOk(
      await run.request(client, pathname, { method: 'PATCH', token, headers: part, body: bundle }),
      'PATCH',
    );
    return `/api/uploads/${pathname.split('/').at(-1)}/result`;
  }

  async function follow(id: string): Promise<void> {
    const path = `/api/submissions/${id}/events`;
    let state = '';
    for await (const { data } of readEvents(run, client, path, token)) {
      const event = data as { kind: string; state?: string };
      if (event.kind === 'state') state = event.state ?? '';
    }
    if (run.isOver) return;
    if (state !== 'scored') throw new Error(`the submission ${id} ended ${state || 'without a state'}`);
    run.scored += 1;
  }
}
