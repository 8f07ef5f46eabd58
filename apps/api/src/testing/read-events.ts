/** One server-sent event as a client sees it. */
export interface ReceivedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: unknown;
}

/** The events of a response's body as they come; comments are given as the event `comment`. */
export async function* readEvents(response: Response): AsyncGenerator<ReceivedEvent> {
  let rest = '';
  for await (const text of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    rest += text;
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = readBlock(block);
      if (event) yield event;
    }
  }
}

/** Every event until the stream ends, or until one fits. */
export async function collectEvents(
  response: Response,
  isLast: (event: ReceivedEvent) => boolean = () => false,
): Promise<ReceivedEvent[]> {
  const events: ReceivedEvent[] = [];
  for await (const event of readEvents(response)) {
    events.push(event);
    if (isLast(event)) break;
  }
  return events;
}

function readBlock(block: string): ReceivedEvent | null {
  if (block.startsWith(':')) return { id: '', event: 'comment', data: block.slice(1).trim() };
  const fields = new Map(block.split('\n').map((line) => splitOnce(line)));
  const data = fields.get('data');
  if (data === undefined) return null;
  return { id: fields.get('id') ?? '', event: fields.get('event') ?? 'message', data: JSON.parse(data) };
}

function splitOnce(line: string): [string, string] {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}
