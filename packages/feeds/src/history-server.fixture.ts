import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { Bar } from '@ballast/domain';
import { onTestFinished } from 'vitest';
import type { History } from './history.ts';
import type { RateBudget } from './token-bucket.ts';

export type AskedPage = { readonly path: string; readonly query: URLSearchParams };
export type ServedPage = { readonly status?: number; readonly body: string };

/** A venue's history on loopback; it answers as it is told to. */
export async function startHistoryServer(answer: (asked: AskedPage) => ServedPage | null) {
  const asked: AskedPage[] = [];
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://venue');
    const page = { path: pathname, query: searchParams };
    asked.push(page);
    headers.push(request.headers);
    const served = answer(page);
    if (served === null) request.socket.destroy();
    else response.writeHead(served.status ?? 200).end(served.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, asked, headers };
}

/** Counts what is taken, and gives it at once. */
export function countingBudget(): RateBudget & { taken: number } {
  const budget = {
    taken: 0,
    take(cost: number) {
      budget.taken += cost;
      return Promise.resolve();
    },
  };
  return budget;
}

export async function pages(...asked: [History, ...Parameters<History['bars']>]): Promise<Bar[][]> {
  const [history, ...range] = asked;
  const all: Bar[][] = [];
  for await (const page of history.bars(...range)) all.push(page);
  return all;
}
