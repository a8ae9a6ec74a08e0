import { createServer } from 'node:http';
import type { Metrics } from './metrics.ts';

/** `GET /healthz` and `GET /metrics` on loopback; `port` 0 takes any free one. */
export async function startHealthServer(
  service: string,
  metrics: Metrics,
  port: number,
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    answer(request.url, service, metrics).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      (error: Error) => response.writeHead(500).end(error.message),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('health server has no port');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(path: string | undefined, service: string, metrics: Metrics) {
  if (path === '/metrics') {
    return { status: 200, type: 'text/plain; version=0.0.4', body: await metrics.text() };
  }
  if (path === '/healthz') {
    const body = JSON.stringify({ ok: true, service, uptimeSeconds: process.uptime() });
    return { status: 200, type: 'application/json', body };
  }
  return { status: 404, type: 'text/plain', body: 'not found' };
}
