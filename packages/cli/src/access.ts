import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { roleName } from '@ballast/db';
import type { TradingMode } from '@ballast/domain';
import { loadConfig, secret, url } from '@ballast/observability';
import { z } from 'zod';
import { EXIT, Failure } from './failure.ts';

/** Where the running platform is and what the command line may show it. */
export type Access = {
  readonly account: string;
  readonly mode: TradingMode;
  /** Null while there is no dashboard. */
  readonly dashboardUrl: string | null;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly commandKey: string;
  /** Signs login links; null where the command line was not given it. */
  readonly loginKey: string | null;
};

/**
 * From the environment when it names a database (an installed service), else from the data folder
 * that `npm start` keeps; a relative folder starts where the operator stands.
 * @throws Failure NOT_RUNNING, NOT_READABLE, RUN_RECORD_DAMAGED or SECRETS_DAMAGED
 */
export function findAccess(dataDir: string, env: NodeJS.ProcessEnv = process.env): Access {
  if ((env['BALLAST_DATABASE_URL'] ?? '') !== '') return fromEnvironment(env);
  return fromDataFolder(resolve(env['INIT_CWD'] ?? process.cwd(), dataDir));
}

function fromEnvironment(env: NodeJS.ProcessEnv): Access {
  const config = loadConfig(
    {
      BALLAST_DATABASE_URL: url('postgres', 'postgresql'),
      BALLAST_REDIS_URL: url('redis', 'rediss'),
      BALLAST_ACCOUNT: z.string().min(1).max(64),
      BALLAST_MODE: z.enum(['paper', 'live']),
      BALLAST_COMMAND_KEY_CLI: secret(),
      BALLAST_LOGIN_KEY: secret().optional(),
      BALLAST_DASHBOARD_URL: url('http', 'https').optional(),
    },
    env,
  );
  return {
    account: config.BALLAST_ACCOUNT,
    mode: config.BALLAST_MODE,
    dashboardUrl: config.BALLAST_DASHBOARD_URL ?? null,
    databaseUrl: config.BALLAST_DATABASE_URL,
    redisUrl: config.BALLAST_REDIS_URL,
    commandKey: config.BALLAST_COMMAND_KEY_CLI,
    loginKey: config.BALLAST_LOGIN_KEY ?? null,
  };
}

const port = z.int().min(1).max(65_535);
/** The launcher runs one paper account; it writes another one down when it has one. */
const runRecord = z.object({
  account: z.string().min(1).default('paper'),
  mode: z.enum(['paper', 'live']).default('paper'),
  dashboardUrl: z.string().optional(),
  postgresPort: port.optional(),
  redisPort: port.optional(),
});
const secrets = z.object({
  'database-cli': z.string(),
  'redis-cli': z.string(),
  'command-key-cli': z.string(),
  'login-key': z.string(),
});

function fromDataFolder(path: string): Access {
  const run = read(join(path, 'run.json'), runRecord, 'RUN_RECORD_DAMAGED');
  const { postgresPort, redisPort } = run;
  if (postgresPort === undefined || redisPort === undefined) {
    throw new Failure('NOT_RUNNING', `the platform in ${path} is starting`, EXIT.unavailable);
  }
  const known = read(join(path, 'secrets.json'), secrets, 'SECRETS_DAMAGED');
  const database = `${roleName('cli')}:${known['database-cli']}@127.0.0.1:${postgresPort}/ballast`;
  return {
    account: run.account,
    mode: run.mode,
    dashboardUrl: run.dashboardUrl ?? null,
    databaseUrl: `postgres://${database}`,
    redisUrl: `redis://cli:${known['redis-cli']}@127.0.0.1:${redisPort}`,
    commandKey: known['command-key-cli'],
    loginKey: known['login-key'],
  };
}

function read<T>(file: string, schema: z.ZodType<T>, damaged: string): T {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    if (code !== 'ENOENT') throw new Failure('NOT_READABLE', `${file}: ${code}`);
    throw new Failure(
      'NOT_RUNNING',
      `no platform runs here: there is no ${file}; start it with npm start, or name its --data-dir`,
      EXIT.unavailable,
    );
  }
  const result = schema.safeParse(parseJson(text));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Failure(damaged, `${file}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
