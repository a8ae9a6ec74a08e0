import { InvalidInput } from '@ballast/domain';
import { loadConfig, url } from '@ballast/observability';
import { z } from 'zod';
import { parseInstrumentChoice } from './instruments.ts';

const instrumentChoice = z.string().transform((text, context) => {
  try {
    return parseInstrumentChoice(text);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    context.addIssue({ code: 'custom', message: `${error.code}: ${error.message}` });
    return z.NEVER;
  }
});

export function readConfig() {
  return loadConfig({
    BALLAST_DATABASE_URL: url('postgres', 'postgresql'),
    BALLAST_REDIS_URL: url('redis', 'rediss'),
    BALLAST_BYBIT_PUBLIC_WS_URL: url('ws', 'wss'),
    BALLAST_BYBIT_PUBLIC_REST_URL: url('http', 'https'),
    BALLAST_INSTRUMENTS: instrumentChoice,
  });
}
