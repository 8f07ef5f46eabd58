import { connect, createServer, type Socket } from 'node:net';

/** A way to the database that can fall silent: what is on it then gets no answer, and no end. */
export async function openSilentGate(databaseUrl: string) {
  const url = new URL(databaseUrl);
  const targetPort = Number(url.port);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const target = connect(targetPort, url.hostname);
    sockets.add(client);
    client.once('close', () => {
      sockets.delete(client);
      target.destroy();
    });
    for (const socket of [client, target]) socket.on('error', () => {});
    client.pipe(target).pipe(client);
    client.once('silence', () => {
      client.unpipe().resume();
      target.unpipe().resume();
    });
    client.once('freeze', () => {
      client.unpipe().pause();
      target.unpipe().pause();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  url.port = String(typeof address === 'object' ? address?.port : '');
  return {
    /** The database's address through it. */
    url: url.href,
    sockets,
    /** No more answers. */
    silence: () => {
      for (const socket of sockets) socket.emit('silence');
    },
    /** Not even a goodbye is heard. */
    freeze: () => {
      for (const socket of sockets) socket.emit('freeze');
    },
    close: () =>
      new Promise((done) => {
        server.close(done);
        for (const socket of sockets) socket.destroy();
      }),
  };
}
