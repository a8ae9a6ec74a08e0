import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loginLink } from '@ballast/bus';
import type { DatabaseRole } from '@ballast/db';
import { freePortFrom } from '../stores/free-port.ts';
import { capLogs, rotateLog } from '../stores/log-file.ts';
import { prepareDataDir } from './data-folder.ts';
import { lockDataDir } from './data-lock.ts';
import type { LaunchOptions } from './options.ts';
import { type PlatformStores, startStores } from './platform-stores.ts';
import { RESTART_TIMING, type RestartContext, type RestartTiming } from './restarts.ts';
import { recordOf, removeRunRecord, stopLeftovers, writeRunRecord } from './run-record.ts';
import { openSecrets, type Secrets } from './secrets.ts';
import { inheritedEnvironment } from './service-environment.ts';
import { PHASES, type ServiceDefinition, SERVICES, STANDBY } from './services.ts';
import { SupervisedService } from './supervised-service.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const CAP_LOGS_EVERY_MS = 30_000;

export interface PlatformOptions extends LaunchOptions {
  /** One line of progress; a caller with JSON on standard output passes standard error. */
  log(line: string): void;
  /** Ends a start that is under way. */
  signal?: AbortSignal;
  /** Additional variables by service name. */
  environment?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  services?: readonly ServiceDefinition[];
  startStores?: typeof startStores;
  /** Pauses before a part that ended is started again. */
  restartTiming?: RestartTiming;
}

/** A part of a phase and how long it took to become ready. */
interface Step {
  phase: number;
  name: string;
  ms: number;
}

/** The running platform. */
export class Platform {
  readonly phases: { name: string; ms: number }[] = [];
  readonly steps: Step[] = [];
  dashboardUrl = '';

  #options: PlatformOptions;
  readonly #secrets: Secrets;
  readonly #lock: { release(): void };
  readonly #services: SupervisedService[] = [];
  readonly #restarts: RestartContext;
  #stores: PlatformStores | undefined;
  #capTimer: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: PlatformOptions, secrets: Secrets, lock: { release(): void }) {
    this.#options = options;
    this.#secrets = secrets;
    this.#lock = lock;
    this.#restarts = { log: options.log, timing: options.restartTiming ?? RESTART_TIMING };
  }

  /** A new link each time: a ticket logs in once. */
  loginLink(): string {
    const nonce = randomBytes(16).toString('hex');
    return loginLink(this.dashboardUrl, this.#secrets.get('login-key'), nonce, Date.now());
  }

  get ownerUrl(): string {
    return this.#requireStores().ownerUrl;
  }

  databaseUrl(role: DatabaseRole): string {
    return this.#requireStores().databaseUrl(role);
  }

  redisUrl(user: string): string {
    return this.#requireStores().redisUrl(user);
  }

  secret(name: string): string {
    return this.#secrets.get(name);
  }

  service(name: string): SupervisedService {
    const found = this.#services.find((service) => service.name === name);
    if (found === undefined) throw new Error(`there is no service ${name}`);
    return found;
  }

  portOf(name: string): number {
    const port = this.service(name).info?.['port'];
    if (typeof port !== 'number') throw new Error(`${name} told no port`);
    return port;
  }

  toldBy(name: string, key: string): string {
    const told = this.service(name).info?.[key];
    if (typeof told !== 'string') throw new Error(`${name} told no ${key}`);
    return told;
  }

  /** Stops everything in reverse order; calling it again waits for the same stop. */
  stop(): Promise<void> {
    return (this.#stopped ??= this.#stop());
  }

  /** Ends every service at once, without a chance to close anything. */
  killServices(): void {
    for (const service of this.#services) service.killNow();
  }

  /** Used by `startPlatform` only. */
  async start(): Promise<void> {
    const { signal = new AbortController().signal, standby = false } = this.#options;
    const known = SERVICES.filter(({ name }) => standby || name !== STANDBY);
    const { services = known } = this.#options;
    const { dataDir, log } = this.#options;
    signal.addEventListener('abort', () => this.#expectEnd(), { once: true });
    await stopLeftovers(dataDir, log);
    await this.#phase(1, async () => {
      const begin = this.#options.startStores ?? startStores;
      this.#stores = await begin({
        dataDir,
        secrets: this.#secrets,
        step: (name, ms, note) => this.#step(1, name, ms, note),
        restarts: this.#restarts,
      });
    });
    this.#capTimer = setInterval(() => {
      capLogs(join(dataDir, 'logs'), log);
    }, CAP_LOGS_EVERY_MS).unref();
    for (const phase of [2, 3, 4] as const) {
      const members = services.filter((service) => service.phase === phase);
      if (members.length === 0) continue;
      if (phase === 4) await this.#choosePort();
      await this.#phase(phase, async () => {
        for (const definition of members) {
          signal.throwIfAborted();
          await this.#startService(definition, signal);
        }
      });
    }
  }

  /** Only now: what is free when the stores start may be another platform's by then. */
  async #choosePort(): Promise<void> {
    const { port: wanted, log } = this.#options;
    const port = await freePortFrom(wanted);
    if (port !== wanted) log(`Port ${wanted} is taken; the dashboard gets port ${port}`);
    this.#options = { ...this.#options, port };
  }

  async #startService(definition: ServiceDefinition, signal: AbortSignal): Promise<void> {
    const { name, main, phase } = definition;
    const logFile = this.#logFile(name);
    rotateLog(logFile);
    const service = new SupervisedService({
      name,
      main: join(CHECKOUT, main),
      cwd: CHECKOUT,
      logFile,
      environment: (previous) => ({
        ...inheritedEnvironment(this.#options.dataDir),
        ...definition.environment({
          options: this.#options,
          secrets: this.#secrets,
          databaseUrl: (role) => this.databaseUrl(role),
          redisUrl: (user) => this.redisUrl(user),
          portOf: (other) => this.portOf(other),
          toldBy: (other, key) => this.toldBy(other, key),
          previous,
        }),
        ...this.#options.environment?.[name],
      }),
      onSpawn: () => this.#record(),
      restarts: this.#restarts,
    });
    this.#services.push(service);
    const startedAt = performance.now();
    await service.start(signal);
    if (name === 'dashboard') this.dashboardUrl = `http://127.0.0.1:${this.portOf(name)}`;
    this.#record();
    const problem = service.info?.['problem'];
    const notes = typeof problem === 'string' ? [`but ${problem}`] : [];
    this.#step(phase, name, performance.now() - startedAt, ...notes);
  }

  async #phase(phase: keyof typeof PHASES, work: () => Promise<void>): Promise<void> {
    this.#options.log(`Phase ${phase}: ${PHASES[phase]}`);
    const startedAt = performance.now();
    await work();
    this.phases.push({ name: PHASES[phase], ms: Math.round(performance.now() - startedAt) });
  }

  #step(phase: number, name: string, ms: number, note?: string): void {
    this.steps.push({ phase, name, ms: Math.round(ms) });
    const time = `${Math.round(ms)} ms`.padStart(9);
    this.#options.log(`  ${name.padEnd(18)}${time}${note === undefined ? '' : `  ${note}`}`);
  }

  /** What ends all at once, as systemd does, must not meet a restart of the first that ended. */
  #expectEnd(): void {
    for (const service of this.#services) service.expectEnd();
    this.#stores?.expectEnd();
  }

  async #stop(): Promise<void> {
    this.#expectEnd();
    clearInterval(this.#capTimer);
    for (const service of this.#services.toReversed()) {
      await service.stop();
      this.#options.log(`  ${service.name.padEnd(18)}  stopped`);
    }
    await this.#stores?.stop();
    if (this.#stores !== undefined) this.#options.log(`  ${'stores'.padEnd(18)}  stopped`);
    removeRunRecord(this.#options.dataDir);
    this.#lock.release();
  }

  #record(): void {
    const record = recordOf(this.dashboardUrl, this.#stores, this.#services);
    writeRunRecord(this.#options.dataDir, record, this.#options.log);
  }

  #logFile(name: string): string {
    return join(this.#options.dataDir, 'logs', `${name}.log`);
  }

  #requireStores(): PlatformStores {
    if (this.#stores === undefined) throw new Error('the stores do not run');
    return this.#stores;
  }
}

/**
 * Starts the stores and all services in four phases, each awaited until it is ready. When one
 * fails, everything that was started is stopped again and the reason is thrown.
 * @throws LaunchError with the exit code for the launcher
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  prepareDataDir(options.dataDir);
  const lock = await lockDataDir(options.dataDir);
  const platform = new Platform(options, openSecrets(options.dataDir), lock);
  try {
    await platform.start();
    return platform;
  } catch (error) {
    await platform.stop();
    throw error;
  }
}
