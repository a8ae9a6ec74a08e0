import type { Bar } from '@ballast/domain';
import type { Logger } from '@ballast/observability';

/** SQLSTATE class "data exception": a value that no retry makes fit. */
const DATA_EXCEPTION = /^22[0-9A-Z]{3}$/;

type Save = (bars: readonly Bar[]) => Promise<void>;

/**
 * Stores bars now. One that the database refuses for its values is dropped, counted and told: it
 * must not keep out those beside it. @throws any other error of the database
 */
export function createBarWriter(
  save: Save,
  log: Logger,
  counts: { stored: number; refused: number },
): Save {
  return async (bars) => {
    try {
      await save(bars);
      counts.stored += bars.length;
    } catch (error) {
      if (!isDataRefusal(error)) throw error;
      await singly(bars);
    }
  };

  async function singly(bars: readonly Bar[]): Promise<void> {
    const refused: { bar: Bar; err: unknown }[] = [];
    for (const bar of bars) {
      try {
        await save([bar]);
      } catch (err) {
        if (!isDataRefusal(err)) throw err;
        refused.push({ bar, err });
      }
    }
    // Told at the end: bars that broke off in between come again as a whole.
    counts.stored += bars.length - refused.length;
    counts.refused += refused.length;
    for (const one of refused) log.error({ code: 'BAR_REFUSED', ...one }, 'bar cannot be stored');
  }
}

/** Whether the database says that a value cannot be stored, and not that it cannot store now. */
export function isDataRefusal(error: unknown): boolean {
  for (let found: unknown = error; found instanceof Error; found = found.cause) {
    const code = 'code' in found ? found.code : undefined;
    if (typeof code === 'string') return DATA_EXCEPTION.test(code);
  }
  return false;
}
