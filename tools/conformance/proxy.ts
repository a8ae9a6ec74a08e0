import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A word of the venue and another of the same length, so that no frame changes its size. */
export type WordChange = { readonly from: string; readonly to: string };

export type Proxy = {
  readonly port: number;
  /** While false, connections are refused and none is kept. */
  reachable(is: boolean): Promise<void>;
  /** Applies to what the venue sends from now on; null to nothing. */
  change(word: WordChange | null): void;
  close(): Promise<void>;
};

const HOST = '127.0.0.1';

/** The line between adapter and venue, on loopback: it can be cut, and can change a word. */
export async function openProxy(targetPort: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let server: Server | null = null;
  let port = 0;
  let word: WordChange | null = null;

  const serve = (client: Socket): void => {
    const venue = connect(targetPort, HOST);
    const both = [client, venue] as const;
    for (const socket of both) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        for (const other of both) other.destroy();
      });
    }
    client.on('data', (bytes: Buffer) => void venue.write(bytes));
    venue.on('data', (bytes: Buffer) => void client.write(changed(bytes, word)));
    client.on('end', () => void venue.end());
    venue.on('end', () => void client.end());
  };
  const open = async (): Promise<void> => {
    server = createServer({ allowHalfOpen: true }, serve);
    server.listen(port, HOST);
    await once(server, 'listening');
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : port;
  };
  const shut = async (): Promise<void> => {
    const closing = server;
    server = null;
    if (closing === null) return;
    const closed = once(closing, 'close');
    closing.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await open();
  return {
    port,
    async reachable(is) {
      if (!is) await shut();
      else if (server === null) await open();
    },
    change: (next) => void (word = next),
    close: shut,
  };
}

function changed(bytes: Buffer, word: WordChange | null): Buffer {
  if (word === null) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll(word.from, word.to), 'latin1');
}
