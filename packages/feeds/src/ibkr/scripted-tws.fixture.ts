import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export type Field = string | number;
type Fields = readonly Field[];
type Answer = (fields: readonly string[]) => readonly Fields[];

/** Requests by their number on the wire. */
export const REQUEST = {
  contract: '9',
  history: '20',
  line: '1',
  cancelLine: '2',
  ticks: '97',
  cancelTicks: '98',
  time: '49',
} as const;

export type ScriptedTws = {
  readonly target: { readonly host: string; readonly port: number; readonly clientId: number };
  /** Of all connections, without the greeting. */
  readonly requests: string[][];
  /** By the number of the request; what is not here is not answered. */
  readonly answers: Map<string, Answer>;
  /** Client ids, as they came, and those that another client has. */
  readonly logins: string[];
  readonly takenIds: Set<string>;
  version: number;
  connects(): number;
  openNow(): number;
  /** Newest request of the kind whose fields hold the text. */
  idOf(kind: keyof typeof REQUEST, text: string): string;
  /** To the newest connection, in one piece. */
  send(...messages: Fields[]): void;
  raw(bytes: Buffer): void;
  cut(): void;
  /** Resolves when a feed would have had all that was sent, unless it did not take it. */
  settled(): Promise<void>;
};

export function messageFrame(fields: Fields): Buffer {
  const body = Buffer.from(fields.map((field) => `${field}\0`).join(''));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

export const CONTRACT_IDS: Readonly<Record<string, number>> = { AAPL: 265_598, MSFT: 272_093 };

type ToldContract = {
  readonly symbol: string;
  readonly contractId: Field;
  readonly minTick: Field;
  readonly industry: string;
};

/** What the venue tells of one contract, up to its end. */
export function contractFrame(id: string, contract: ToldContract): Fields {
  const { symbol, contractId, minTick, industry } = contract;
  const head = [10, id, symbol, 'STK', '', '', 0, '', 'SMART', 'USD', symbol, 'NMS', 'NMS'];
  const market = [contractId, minTick, '', 'LMT', 'SMART,NASDAQ', 1, 0, symbol, 'NASDAQ', ''];
  const hours = [industry, '', '', 'UTC', '', '', '', '', 0, 1];
  return [...head, ...market, ...hours, ...['', '', '26', '', 'COMMON', 1, 1, 1, 0]];
}

/** One contract for each symbol that it knows. */
function contractAnswer(fields: readonly string[]): readonly Fields[] {
  const [, , id = '', , symbol = ''] = fields;
  const contractId = CONTRACT_IDS[symbol];
  if (contractId === undefined) return [[4, 2, id, 200, 'No security definition', '']];
  const terms = { symbol, contractId, minTick: '0.01', industry: 'Technology' };
  return [contractFrame(id, terms), [52, 1, id]];
}

/** The venue's socket, by hand: it answers as it is told to. */
export async function scriptedTws(): Promise<ScriptedTws> {
  const sockets = new Set<Socket>();
  let newest: Socket | undefined;
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    newest = socket;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(tws, socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const tws: ScriptedTws = {
    target: { host: '127.0.0.1', port: address.port, clientId: 7 },
    requests: [],
    answers: new Map<string, Answer>([
      [REQUEST.contract, contractAnswer],
      [REQUEST.time, () => [[49, 1, 1_790_000_000]]],
    ]),
    logins: [],
    takenIds: new Set(),
    version: 193,
    connects: () => connections,
    openNow: () => sockets.size,
    idOf(kind, text) {
      const found = tws.requests.findLast(
        (fields) => fields[0] === REQUEST[kind] && fields.includes(text),
      );
      return found?.[kind === 'ticks' || kind === 'history' ? 1 : 2] ?? 'none';
    },
    send: (...messages) => tws.raw(Buffer.concat(messages.map(messageFrame))),
    raw: (bytes) => void newest?.write(bytes),
    cut: () => void newest?.destroy(),
    async settled() {
      for (let count = 0; count < 10; count += 1) await roundTrip();
    },
  };
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return tws;
}

function serve(tws: ScriptedTws, socket: Socket): void {
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  let pending = Buffer.alloc(0);
  let greeted = false;
  socket.on('data', (data) => {
    pending = Buffer.concat([pending, data]);
    if (!greeted && pending.length < 8) return;
    if (!greeted) pending = pending.subarray(4);
    while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32BE()) {
      const size = pending.readUInt32BE();
      const body = pending.subarray(4, 4 + size).toString();
      pending = pending.subarray(4 + size);
      if (!greeted) {
        greeted = true;
        socket.write(messageFrame([tws.version, '20261120 14:00:00 UTC']));
        continue;
      }
      const fields = body.split('\0').slice(0, -1);
      const isLogin = fields[0] === '71';
      if (!isLogin) tws.requests.push(fields);
      const clientId = fields[2] ?? '';
      if (isLogin) tws.logins.push(clientId);
      if (isLogin && tws.takenIds.has(clientId)) {
        socket.end(messageFrame([4, 2, -1, 326, 'client id is already in use', '']));
        return;
      }
      const greeting = [
        [15, 1, 'DU7654321'],
        [9, 1, 11],
        [4, 2, -1, 2104, 'farm OK', ''],
      ];
      const told = isLogin ? greeting : (tws.answers.get(fields[0] ?? '')?.(fields) ?? []);
      for (const message of told) socket.write(messageFrame(message));
    }
  });
}

/** By a server of its own: the script sees nothing of it. */
async function roundTrip(): Promise<void> {
  const server = createServer((socket) => socket.end('pong'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const socket = connect(address.port, '127.0.0.1');
  await once(socket.resume(), 'end');
  server.close();
  await once(server, 'close');
}
