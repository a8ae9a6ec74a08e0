import { fileURLToPath } from 'node:url';
import { passwordHashInForce } from '@ballast/db';
import { runService } from '@ballast/observability';
import { buildApp } from './app.ts';
import { readConfig } from './config.ts';
import { openPlatform } from './platform.ts';

const SITE = fileURLToPath(new URL('../../web/dist', import.meta.url));

runService('dashboard', async ({ log, metrics, onClose, fail }) => {
  const config = readConfig();
  const dashboard = await openPlatform(
    {
      databaseUrl: config.BALLAST_DATABASE_URL,
      redisUrl: config.BALLAST_REDIS_URL,
      commandKey: config.BALLAST_COMMAND_KEY_DASHBOARD,
      account: config.BALLAST_ACCOUNT,
      mode: config.BALLAST_MODE,
      priceSource: config.BALLAST_PRICE_SOURCE,
    },
    { log, onClose, fail },
  );
  const logins = metrics.counter('ballast_dashboard_logins_total', 'Login attempts by outcome', [
    'outcome',
  ]);
  const app = await buildApp({
    dashboard,
    login: {
      loginKey: config.BALLAST_LOGIN_KEY,
      cookie: { secure: config.BALLAST_DASHBOARD_PUBLIC_URL?.startsWith('https:') ?? false },
      storedPassword: () => passwordHashInForce(dashboard.db, dashboard.now()),
      countLogin: (outcome) => logins.inc({ outcome }),
    },
    log,
    hostName: hostNameOf(config.BALLAST_DASHBOARD_PUBLIC_URL) ?? config.BALLAST_DASHBOARD_HOST,
    site: SITE,
  });
  onClose(async () => {
    dashboard.sessions.close();
    await app.close();
  }, 'http server');
  await app.listen({ host: config.BALLAST_DASHBOARD_HOST, port: config.BALLAST_DASHBOARD_PORT });
  const address = app.server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  const url = `http://${config.BALLAST_DASHBOARD_HOST}:${address.port}`;
  return { url: config.BALLAST_DASHBOARD_PUBLIC_URL ?? url, port: address.port };
});

function hostNameOf(publicUrl: string | undefined): string | null {
  return publicUrl === undefined ? null : new URL(publicUrl).hostname;
}
