import { formatScaled, parseScaled } from '@ballast/domain';
import { bigint, customType } from 'drizzle-orm/pg-core';

/**
 * numeric(38,18) in Postgres, bigint at scale 18 in code; the driver carries decimal text, so no
 * digit is lost.
 */
export const scaled = customType<{ data: bigint; driverData: string }>({
  dataType: () => 'numeric(38,18)',
  toDriver: formatScaled,
  fromDriver: parseScaled,
});

/** numeric(38,18) kept as decimal text: market data that is passed on, not calculated with. */
export const decimalText = customType<{ data: string; driverData: string }>({
  dataType: () => 'numeric(38,18)',
  fromDriver: (text) => formatScaled(parseScaled(text)),
});

/** Epoch ms as a JavaScript number (safe until the year 287396). */
export const epochMs = (name: string) => bigint(name, { mode: 'number' });
