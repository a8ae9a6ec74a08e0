import { loadConfig, secret, url } from '@ballast/observability';
import { z } from 'zod';

/** What the prices on the page are made from; shown on every page beside the mode. */
const PRICE_SOURCES = ['simulated', 'replay', 'bybit'] as const;
export type PriceSource = (typeof PRICE_SOURCES)[number];

/** Checked once at start; a fault ends the process with exit 78. */
export function readConfig() {
  return loadConfig({
    BALLAST_DATABASE_URL: url('postgres', 'postgresql'),
    BALLAST_REDIS_URL: url('redis', 'rediss'),
    BALLAST_DASHBOARD_HOST: z.string().default('127.0.0.1'),
    BALLAST_DASHBOARD_PORT: z.coerce.number().int().min(0).max(65_535),
    BALLAST_DASHBOARD_PUBLIC_URL: url('http', 'https').optional(),
    BALLAST_LOGIN_KEY: secret(),
    BALLAST_COMMAND_KEY_DASHBOARD: secret(),
    BALLAST_ACCOUNT: z.string().min(1).max(64),
    BALLAST_MODE: z.enum(['paper', 'live']),
    BALLAST_PRICE_SOURCE: z.enum(PRICE_SOURCES),
  });
}
