import { setTimeout as sleep } from 'node:timers/promises';
import type { PatientClient } from './patient-client.js';

/** The ids of a submission's events, as one stream that was taken up again whenever it broke. */
export async function followEvents(client: PatientClient, submissionId: string): Promise<number[]> {
  const ids: number[] = [];
  for (;;) {
    const last = ids.at(-1);
    const answer = await client.ask(`/api/submissions/${submissionId}/events`, {
      headers: { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': String(last) }) },
    });
    // 204: this client has seen the end.
    if (answer.status === 204) return ids;
    try {
      await collect(answer, ids);
    } catch {
      // The server died under it.
    }
    await sleep(200);
  }
}

async function collect(answer: Response, ids: number[]): Promise<void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const id = /^id: (\d+)$/m.exec(event)?.[1];
      if (id !== undefined) ids.push(Number(id));
    }
  }
}
