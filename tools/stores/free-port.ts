import { createServer } from 'node:net';

const ATTEMPTS_MAX = 200;

/** A loopback port that nobody listens on right now. */
export async function freePort(): Promise<number> {
  const port = await listenBriefly(0);
  if (port === undefined) throw new Error('no free loopback port');
  return port;
}

/** `wanted` when it is free, else the next free one above it. */
export async function freePortFrom(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + ATTEMPTS_MAX && port <= 65_535; port += 1) {
    if ((await listenBriefly(port)) !== undefined) return port;
  }
  throw new Error(`no free port between ${wanted} and ${wanted + ATTEMPTS_MAX}`);
}

function listenBriefly(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : undefined;
      server.close(() => resolve(taken));
    });
  });
}
