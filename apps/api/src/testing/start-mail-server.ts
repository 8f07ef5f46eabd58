import { type AddressInfo, createServer, type Socket } from 'node:net';

interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body, as they came. */
  readonly content: string;
}

export interface MailServer {
  readonly url: string;
  readonly received: ReceivedMail[];
  close(): Promise<void>;
}

/** A mail server over real SMTP (RFC 5321) that keeps what it is given. */
export async function startMailServer(): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    serve(socket, received);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((closed) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => closed());
      }),
  };
}

function serve(socket: Socket, received: ReceivedMail[]): void {
  let [from, content, rest, inContent] = ['', '', '', false];
  let to: string[] = [];
  const say = (line: string) => socket.write(`${line}\r\n`);
  const hear = (line: string) => {
    if (inContent) {
      if (line !== '.') {
        content += `${line.replace(/^\./, '')}\n`;
        return;
      }
      received.push({ from, to, content });
      [inContent, content, to] = [false, '', []];
      say('250 kept');
      return;
    }
    const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
    switch (line.slice(0, 4).toUpperCase()) {
      case 'MAIL':
        from = address;
        return say('250 ok');
      case 'RCPT':
        to.push(address);
        return say('250 ok');
      case 'DATA':
        inContent = true;
        return say('354 go on');
      case 'QUIT':
        return say('221 bye');
      default:
        return say('250 ok');
    }
  };
  say('220 mail.example');
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(line);
  });
}
