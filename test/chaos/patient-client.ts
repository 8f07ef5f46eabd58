import { setTimeout as sleep } from 'node:timers/promises';

/** What the server will not do, however often it is asked. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, text: string) {
    super(`${status}: ${text}`);
    this.status = status;
  }
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** How long it waits between pieces of the body; all of it at once where this is left out. */
  readonly pieceMilliseconds?: number;
}

/** A team's client: where one address does not answer, or says that it can't just now, it goes on with the other. */
export interface PatientClient {
  /** @throws Refused */
  ask(path: string, ask?: Ask): Promise<Response>;
  json<T>(path: string): Promise<T>;
}

const answerMilliseconds = 60_000;
const pauseMilliseconds = 500;
const pieceBytes = 65_536;
/** What passes: too slow, locked, too often, and whatever is the server's fault. */
const passing = (status: number) => status >= 500 || [408, 423, 429].includes(status);

export function createPatientClient(addresses: readonly string[], token: string, giveUp: AbortSignal): PatientClient {
  let turn = 0;
  async function ask(
    path: string,
    { method = 'GET', headers = {}, body, pieceMilliseconds }: Ask = {},
  ): Promise<Response> {
    for (;;) {
      giveUp.throwIfAborted();
      const address = addresses[turn % addresses.length] ?? '';
      const response = await fetch(address + path, {
        method,
        headers: { authorization: `Bearer ${token}`, ...headers },
        ...(body && pieceMilliseconds ? sendSlowly(body, pieceMilliseconds) : {}),
        ...(body && !pieceMilliseconds ? { body } : {}),
        signal: AbortSignal.any([giveUp, AbortSignal.timeout(answerMilliseconds)]),
      }).catch(() => null);
      if (response?.ok) return response;
      if (response && !passing(response.status)) throw new Refused(response.status, await response.text());
      await response?.body?.cancel().catch(() => {});
      turn += 1;
      await sleep(pauseMilliseconds);
    }
  }
  return {
    ask,
    async json<T>(path: string) {
      for (;;) {
        const answer = await ask(path);
        // A server that dies in the middle of its answer.
        const parsed = await answer.json().then(
          (value) => ({ value: value as T }),
          () => null,
        );
        if (parsed) return parsed.value;
      }
    },
  };
}

/** As over a thin line. */
function sendSlowly(body: Uint8Array<ArrayBuffer>, pieceMilliseconds: number) {
  let sent = 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (sent >= body.length) return controller.close();
      if (sent > 0) await sleep(pieceMilliseconds);
      controller.enqueue(body.slice(sent, sent + pieceBytes));
      sent += pieceBytes;
    },
  });
  return { body: stream, duplex: 'half' as const };
}
