import { formatScaled } from '@ballast/domain';

/** A stored row as it may leave the process: bigints as plain decimal text. */
export function jsonSafe(row: unknown): unknown {
  return JSON.parse(
    JSON.stringify(row, (_key, value: unknown) =>
      typeof value === 'bigint' ? formatScaled(value) : value,
    ),
  );
}
