import { connect, createServer, type Server, type Socket } from 'node:net';
import { findFreePort } from '@holdout/local-postgres';

/** A port that leads to another, until it is cut: a server that is away, as its clients see it. */
export interface Gate {
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Does nothing where it is not cut. */
  restore(): Promise<void>;
}

/** @param port - where it is; without one, a port that no connection is given while it is cut */
export async function openGate(targetPort: number, port?: number): Promise<Gate & { readonly port: number }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const target = connect(targetPort, '127.0.0.1');
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        target.destroy();
      });
    }
    client.pipe(target).pipe(client);
  });
  const listen = (port: number) =>
    new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', fail);
        done();
      });
    });
  const own = port ?? (await findFreePort());
  await listen(own);
  return {
    port: own,
    cut: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
    restore: async () => {
      if (!server.listening) await listen(own);
    },
  };
}

/** Several that are cut and restored as one. */
export function joinGates(gates: readonly Gate[]): Gate {
  return {
    cut: async () => void (await Promise.all(gates.map((gate) => gate.cut()))),
    restore: async () => void (await Promise.all(gates.map((gate) => gate.restore()))),
  };
}
