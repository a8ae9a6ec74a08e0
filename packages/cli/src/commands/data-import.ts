import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, open, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isTimeframe, uuidV7 } from '@ballast/domain';
import { readInstrumentId } from '../arguments.ts';
import { ask } from '../ask.ts';
import { EXIT, Failure } from '../failure.ts';
import { reportJob } from '../job-ending.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';

const PARQUET_MAGIC = 'PAR1';
const NAME_LENGTH_MAX = 90;

type Asked = {
  readonly file: string;
  readonly instrument: string;
  readonly timeframe: string;
  readonly format?: string;
  /** Better bars too: those of a venue, and those made of trades. */
  readonly replace?: boolean;
  readonly reason: string;
  readonly wait: boolean;
  readonly dataDir: string;
};

/**
 * Copies a file to the platform's import folder, unless it lies there, and asks for its bars, as a
 * job. @throws Failure
 */
export async function dataImport(platform: Platform, asked: Asked): Promise<Report> {
  const { timeframe, reason, wait } = asked;
  const instrument = readInstrumentId(asked.instrument);
  if (!isTimeframe(timeframe)) throw new Failure('USAGE', `no timeframe ${timeframe}`, EXIT.usage);
  const path = fromHere(asked.file);
  await checkFile(path, asked.format);
  const folder = importFolder(asked.dataDir);
  const jobId = uuidV7(Date.now(), randomBytes(10));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const isThere = (await realpath(dirname(path))) === (await realpath(folder));
  const file = isThere ? basename(path) : nameFor(path, jobId);
  if (!isThere) await copyFile(path, join(folder, file), constants.COPYFILE_EXCL);
  const replace = asked.replace === true ? { replace: true } : {};
  try {
    await ask(platform, {
      type: 'startImport',
      body: { jobId, instrument, timeframe, file, ...replace, reason },
    });
  } catch (error) {
    // One that was not answered may still be taken, and then the file is read.
    const isRefused = error instanceof Failure && error.code !== 'COMMAND_UNANSWERED';
    if (!isThere && isRefused) await rm(join(folder, file), { force: true });
    throw error;
  }
  return reportJob(platform, jobId, wait);
}

/** Where market-data reads files from: the same setting as its own, else below the data folder. */
function importFolder(dataDir: string): string {
  const set = process.env['BALLAST_IMPORT_DIR'] ?? '';
  if (set !== '') return resolve(set);
  if ((process.env['BALLAST_DATABASE_URL'] ?? '') === '') return join(fromHere(dataDir), 'import');
  const message = 'BALLAST_IMPORT_DIR must name the folder that market-data reads files from';
  throw new Failure('IMPORT_DIR_UNKNOWN', message, EXIT.usage);
}

const fromHere = (path: string): string => resolve(process.env['INIT_CWD'] ?? process.cwd(), path);

async function checkFile(path: string, format: string | undefined): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) {
    throw new Failure('FILE_UNKNOWN', `${path} is no file that can be read`, EXIT.usage);
  }
  if (format === undefined) return;
  const handle = await open(path);
  const first = Buffer.alloc(PARQUET_MAGIC.length);
  try {
    await handle.read(first, 0, first.length, 0);
  } finally {
    await handle.close();
  }
  const isParquet = first.toString('latin1') === PARQUET_MAGIC;
  if (isParquet === (format === 'parquet')) return;
  throw new Failure('FILE_FORMAT', `${path} is not ${format}`, EXIT.usage);
}

/** A name of its own, of characters that a name in the folder may have. */
function nameFor(path: string, jobId: string): string {
  const plain = basename(path).replaceAll(/[^A-Za-z0-9._-]/g, '_');
  return `${jobId.slice(0, 13)}-${jobId.slice(-4)}-${plain.slice(-NAME_LENGTH_MAX)}`;
}
