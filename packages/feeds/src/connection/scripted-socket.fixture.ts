import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import type { ContractServer } from '../feed-contract.fixture.ts';

/** One client's connection as the script sees it. */
export type ScriptedConnection = {
  readonly socket: WebSocket;
  /** Symbols that the client has asked for; kept by the script. */
  readonly symbols: Set<string>;
};

export type SocketScript = {
  onConnection?(connection: ScriptedConnection): void;
  onMessage(data: Buffer, connection: ScriptedConnection): void;
};

/** A socket server on loopback that answers as the script says. */
export async function startScriptedSocket(script: SocketScript): Promise<ContractServer> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const url = `ws://127.0.0.1:${address.port}`;
  const connections: ScriptedConnection[] = [];
  const probes = new Set<WebSocket>();
  let probing = false;
  server.on('connection', (socket) => {
    if (probing) {
      probes.add(socket);
      return;
    }
    const connection = { socket, symbols: new Set<string>() };
    connections.push(connection);
    script.onConnection?.(connection);
    socket.on('message', (data: Buffer) => script.onMessage(data, connection));
  });

  function newest(): ScriptedConnection {
    const last = connections.at(-1);
    if (last === undefined) throw new Error('nobody has connected');
    return last;
  }

  return {
    url,
    connects: () => connections.length,
    openNow: () => [...server.clients].filter((client) => !probes.has(client)).length,
    isAsked: (symbol) => connections.at(-1)?.symbols.has(symbol) ?? false,
    send: (frame) => newest().socket.send(frame),
    cut: () => newest().socket.terminate(),
    /** By the time another client has had its answers, ours would have had what was sent before. */
    async settled() {
      probing = true;
      const probe = new WebSocket(url);
      await once(probe, 'open');
      probing = false;
      for (let count = 0; count < 20; count += 1) {
        probe.ping();
        await once(probe, 'pong');
      }
      probe.terminate();
      await once(probe, 'close');
    },
    async stop() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
}
