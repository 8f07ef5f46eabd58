import { expectOk, type LoadRun } from './load-run.js';

/** The events of a stream, each as soon as it is there, until it or the run ends. */
export async function* readEvents(
  run: LoadRun,
  client: number,
  path: string,
  token?: string,
): AsyncGenerator<{ event: string; data: unknown; arrivedAt: number }> {
  const options = { signal: run.ending.signal, ...(token === undefined ? {} : { token }) };
  const response = await expectOk(await run.request(client, path, options), path);
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    const arrivedAt = Date.now();
    for (const message of messages) {
      const event = /^event: (.*)$/m.exec(message)?.[1];
      const data = /^data: (.*)$/m.exec(message)?.[1];
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data), arrivedAt };
    }
  }
}
