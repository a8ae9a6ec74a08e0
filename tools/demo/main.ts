import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bybitBroker } from '@ballast/brokers';
import { createLogger } from '@ballast/observability';
import { LaunchError } from '../launcher/launch-error.ts';
import { type Platform, startPlatform } from '../launcher/platform.ts';
import { ACCOUNT } from '../launcher/services.ts';
import { ProofError } from '../proof/confirm.ts';
import { type DashboardClient, logIn } from './dashboard-client.ts';
import { DemoError } from './demo-error.ts';
import { followTrade } from './follow-trade.ts';
import { type DemoOptions, parseDemoOptions, USAGE } from './options.ts';
import { placeTrade } from './place-trade.ts';
import { prove } from './prove.ts';
import { replayDays } from './replay-day.ts';
import { hasDecided, type Stirred, stirMarket } from './stir-market.ts';
import { watchedBroker } from './watched-broker.ts';

const tell = (line: string): void => void process.stderr.write(`${line}\n`);

/** The main job without hands, in fresh stores that are gone afterwards. */
async function demo(options: DemoOptions, signal: AbortSignal): Promise<object> {
  const startedAt = Date.now();
  const dataDir = mkdtempSync(join(tmpdir(), 'ballast-demo-'));
  chmodSync(dataDir, 0o755);
  const { seed, replay, instrument, speed } = options;
  let platform: Platform | undefined;
  try {
    platform = await startPlatform({
      dataDir,
      // Any free one: another platform may start meanwhile.
      port: 0,
      feed: 'simulator',
      seed,
      ...(replay === undefined ? {} : { replay }),
      ...(instrument === undefined ? {} : { instrument }),
      ...(speed === undefined ? {} : { speed }),
      log: tell,
      signal,
      environment: { 'venue-simulator': { BALLAST_SIMULATOR_CONTROL: 'true' } },
    });
    const proofs = provenOn(platform, options, { dataDir, startedAt });
    return await Promise.race([proofs, interruptedBy(signal)]);
  } finally {
    await platform?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Whatever is under way is left as it is: the platform below it is about to be stopped. */
function interruptedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const interrupt = (): void => reject(signal.reason);
    if (signal.aborted) interrupt();
    else signal.addEventListener('abort', interrupt, { once: true });
  });
}

async function provenOn(
  platform: Platform,
  options: DemoOptions,
  { dataDir, startedAt }: { dataDir: string; startedAt: number },
): Promise<object> {
  const { decided, ...result } = await oneTrade(platform, options, startedAt);
  const parity = await replayDays(dataDir, { from: startedAt, to: Date.now(), decided });
  for (const { day, verdict, signals, compared, equal, unexplained } of parity) {
    const counts = `${compared} of ${signals} live decisions, ${equal} equal`;
    const found = compared === 0 ? 'it shows nothing' : `${counts}, ${unexplained} unexplained`;
    tell(`parity of ${day}: ${verdict}: ${found}`);
  }
  return { ok: true, ...result, parity, totalMs: Date.now() - startedAt };
}

async function oneTrade(platform: Platform, options: DemoOptions, startedAt: number) {
  const startUpMs = Date.now() - startedAt;
  const venue = `127.0.0.1:${platform.portOf('venue-simulator')}`;
  const venueBroker = bybitBroker({
    account: ACCOUNT,
    category: 'linear',
    key: platform.secret('simulator-api-key'),
    secret: platform.secret('simulator-api-secret'),
    restUrl: `http://${venue}`,
    privateWsUrl: `ws://${venue}/v5/private`,
    coin: platform.toldBy('venue-simulator', 'accountCurrency'),
    now: () => Date.now(),
    onBadRow: (code, detail) => {
      throw new Error(`${code}: ${detail}`);
    },
  });
  const broker = watchedBroker(venueBroker);
  const log = createLogger('demo', 'warn');
  const client = await logIn(platform.loginLink());
  // A replay has one instrument, named by its file unless told; the dashboard lists just that.
  const wanted = options.replay === undefined ? options.instrument : undefined;
  const times = { startedAt, now: Date.now() };
  const stirred =
    options.replay === undefined
      ? await stirMarket(client, `http://${venue}`, { wanted, ...times })
      : null;
  const placed = await placeTrade(client, wanted, platform.redisUrl('dashboard'), log);
  tell(`trade ${placed.tradeId} asked for: ${JSON.stringify(placed.plan)}`);
  const { detail, exit } = await followTrade(client, broker, placed.tradeId, tell);
  const proof = await prove({
    databaseUrl: platform.databaseUrl('dashboard'),
    account: ACCOUNT,
    broker,
    venueUrl: `http://${venue}`,
    tradeId: placed.tradeId,
  });
  const { orders, fills, audit, commandToVenueAckMs } = proof;
  return {
    decided: await waitForDecision(client, stirred),
    prices: options.replay === undefined ? { seed: options.seed } : { replay: options.replay },
    trade: {
      id: placed.tradeId,
      commandId: placed.commandId,
      ...placed.plan,
      status: detail.trade.status,
    },
    orders,
    fills,
    exit,
    audit,
    ledgerEqualsVenue: true,
    ms: {
      commandToVenueAck: commandToVenueAckMs,
      tickToBus: placed.sample.tickToBusMs,
      startUp: { total: startUpMs, phases: platform.phases, services: platform.steps },
    },
  };
}

async function waitForDecision(client: DashboardClient, stirred: Stirred | null): Promise<boolean> {
  if (stirred === null) {
    tell('no market was moved: strategies may have had nothing to decide');
    return false;
  }
  tell(`waiting for the end of the minute's bar of ${stirred.instrument}`);
  const decided = await hasDecided(client, stirred);
  if (!decided) tell('no strategy has decided on it in time');
  return decided;
}

async function main(): Promise<number> {
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interrupt.abort(new LaunchError(`stopped by ${name}`)));
  }
  const options = parseDemoOptions(process.argv.slice(2), process.env['INIT_CWD'] ?? process.cwd());
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    const result = await demo(options, interrupt.signal);
    process.stdout.write(`${JSON.stringify(result, null, options.json ? 0 : 2)}\n`);
    return 0;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const known = error instanceof DemoError || error instanceof ProofError;
    const code = known ? error.code : 'DEMO_FAILED';
    tell(`${code}: ${reason}`);
    if (options.json) process.stdout.write(`${JSON.stringify({ ok: false, code, reason })}\n`);
    return 1;
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const reason = error instanceof LaunchError ? error.message : String(error);
    tell(reason);
    // Wrong options: nobody has read yet whether an object is wanted.
    if (process.argv.includes('--json')) {
      process.stdout.write(`${JSON.stringify({ ok: false, code: 'USAGE', reason })}\n`);
    }
    process.exit(error instanceof LaunchError ? error.exitCode : 1);
  },
);
