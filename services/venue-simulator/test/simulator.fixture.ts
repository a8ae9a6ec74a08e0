import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@ballast/observability';
import { RestClientV5, WebsocketClient } from 'bybit-api';
import { onTestFinished } from 'vitest';
import type { SimulatorConfig } from '../src/config.ts';
import { openSimulator, type Simulator } from '../src/simulator.ts';

export const KEY = 'simulator-key';
export const SECRET = 'c41f7be09d5a4c2e8f6310b7a92d58e4';
export const DATA = join(import.meta.dirname, '../../../../shared/data');

export type Opened = Simulator & {
  readonly urls: { rest: string; publicWs: string; privateWs: string; tradeWs: string };
  readonly counts: string[];
  readonly failures: Error[];
};

/** A simulator in this process, closed at the end of the test. */
export async function open(given: Partial<SimulatorConfig> = {}): Promise<Opened> {
  const counts: string[] = [];
  const failures: Error[] = [];
  const simulator = await openSimulator(
    {
      BALLAST_SIMULATOR_VENUES: ['bybit'],
      BALLAST_SIMULATOR_PORT: 0,
      BALLAST_SIMULATOR_ALPACA_PORT: 0,
      BALLAST_SIMULATOR_TWS_PORT: 0,
      BALLAST_SIMULATOR_FINNHUB_PORT: 0,
      BALLAST_SIMULATOR_API_KEY: KEY,
      BALLAST_SIMULATOR_API_SECRET: SECRET,
      BALLAST_SIMULATOR_SEED: '1',
      BALLAST_SIMULATOR_SPEED: 'auto',
      BALLAST_SIMULATOR_CONTROL: true,
      ...given,
    },
    {
      log: createLogger('venue-simulator-test', 'fatal'),
      count: (frontEnd, code) => counts.push(`${frontEnd} ${code}`),
      fail: (error) => failures.push(error),
    },
  );
  onTestFinished(simulator.close);
  return { ...simulator, urls: urlsOf(simulator.info), counts, failures };
}

function urlsOf(info: Readonly<Record<string, unknown>>): Opened['urls'] {
  const text = (name: string): string => String(info[name]);
  return {
    rest: text('restUrl'),
    publicWs: text('publicWsUrl'),
    privateWs: text('privateWsUrl'),
    tradeWs: text('tradeWsUrl'),
  };
}

/** A simulator in its own process, as the launcher starts it. */
export async function spawn(env: Readonly<Record<string, string>>): Promise<{
  child: ChildProcess;
  urls: Opened['urls'];
  info: Readonly<Record<string, unknown>>;
}> {
  const child = fork(join(import.meta.dirname, '../src/main.ts'), {
    env: {
      ...process.env,
      BALLAST_SIMULATOR_API_KEY: KEY,
      BALLAST_SIMULATOR_API_SECRET: SECRET,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    execArgv: [],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const [ready]: unknown[] = await once(child, 'message');
  const info = Object.fromEntries(Object.entries(ready ?? {}));
  return { child, info, urls: urlsOf(info) };
}

export function restClient(baseUrl: string, secret = SECRET, key = KEY): RestClientV5 {
  return new RestClientV5({ key, secret, baseUrl });
}

const SILENT = {
  trace: () => undefined,
  info: () => undefined,
  error: () => undefined,
};

export type Frame = { readonly topic: string; readonly type?: string; readonly data: unknown };

/** The SDK's socket client on some topics, and all that it received. */
export async function subscribe(
  wsUrl: string,
  topics: string[],
): Promise<{ client: WebsocketClient; frames: Frame[]; problems: unknown[] }> {
  const client = new WebsocketClient({ market: 'v5', key: KEY, secret: SECRET, wsUrl }, SILENT);
  onTestFinished(() => client.closeAll(true));
  const frames: Frame[] = [];
  const problems: unknown[] = [];
  client.on('update', (frame: Frame) => frames.push(frame));
  client.on('exception', (problem: unknown) => problems.push(problem));
  const answered = new Promise<void>((resolve) => {
    client.on('response', () => resolve());
    client.on('exception', () => resolve());
  });
  void client.subscribeV5(topics, 'linear');
  await answered;
  return { client, frames, problems };
}

export async function control(rest: string, body: object, path = '/control'): Promise<void> {
  const response = await fetch(`${rest}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`control: ${await response.text()}`);
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ballast-simulator-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const hasData = existsSync(DATA);
if (!hasData) process.stderr.write('no ../shared/data: replays of real files do not run\n');
