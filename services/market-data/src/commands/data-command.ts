import type { Producer } from '@ballast/domain';
import { DATA_COMMAND_TYPES } from './command-handlers.ts';

/** Those of market-data; a strategy may not ask for data. */
const DATA_PRODUCERS = ['dashboard', 'cli'] as const satisfies readonly Producer[];
export type DataProducer = (typeof DATA_PRODUCERS)[number];

/** Which commands market-data takes, and from whom. */
export const DATA_TAKER = {
  owner: 'market-data',
  types: DATA_COMMAND_TYPES,
  producers: DATA_PRODUCERS,
} as const;
