import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { parseOptions } from '../options.ts';
import { type Platform, type PlatformOptions, startPlatform } from '../platform.ts';
import { FAKE_SERVICES, noStores } from './fake-services.ts';

/** A data folder and what the platform on it said, new for each test. */
export interface PlatformBox {
  dataDir: string;
  lines: string[];
  /** Fake services without stores, unless told otherwise; stopped when the test ends. */
  start(more?: Partial<PlatformOptions>): Promise<Platform>;
  /** Lines that hold this text. */
  said(text: string): number;
}

/** Registers the hooks of a test file whose tests each run one platform at a time. */
export function platformBox(defaults: Partial<PlatformOptions> = {}): PlatformBox {
  let running: Platform | undefined;
  const box: PlatformBox = {
    dataDir: '',
    lines: [],
    async start(more = {}) {
      const options = parseOptions(['--data-dir', box.dataDir], box.dataDir);
      if (options === 'help') throw new Error('unexpected');
      running = await startPlatform({
        ...options,
        log: (line) => box.lines.push(line),
        services: FAKE_SERVICES,
        startStores: noStores,
        ...defaults,
        ...more,
      });
      return running;
    },
    said: (text) => box.lines.filter((line) => line.includes(text)).length,
  };
  beforeEach(() => {
    box.dataDir = mkdtempSync(join(tmpdir(), 'ballast-platform-'));
    box.lines = [];
    running = undefined;
  });
  afterEach(async () => {
    await running?.stop();
    rmSync(box.dataDir, { recursive: true, force: true });
  });
  return box;
}
