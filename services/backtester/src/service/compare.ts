import { addComparison, type Database, findBacktest, type StoredBacktest } from '@ballast/db';
import type { CommandOf } from '@ballast/domain';

type Leaf = string | number | boolean | null;
export type Difference = { readonly name: string; readonly values: readonly Leaf[] };

/** Stores what differs between those that the command names; or which of them there is not. */
export async function storeComparison(
  db: Database,
  { id, actor, body }: CommandOf<'compareBacktests'>,
  madeAt: number,
): Promise<void> {
  const found: StoredBacktest[] = [];
  for (const one of body.ids) {
    const row = await findBacktest(db, one);
    if (row !== null) found.push(row);
  }
  const missing = body.ids.find((one) => found.every((row) => row.id !== one));
  const result =
    missing === undefined
      ? compareBacktests(found)
      : { error: { code: 'BACKTEST_UNKNOWN', message: `no backtest ${missing}` } };
  await addComparison(db, { id, runIds: [...body.ids], result, actor, madeAt });
}

/**
 * What differs between backtests, each value in the order of `all`: in what was asked, in the data,
 * and in the figures. Where one of them has no such value there is null.
 */
function compareBacktests(all: readonly StoredBacktest[]) {
  const differing = (of: (one: StoredBacktest) => unknown): Difference[] => {
    const leaves = all.map((one) => leavesOf(of(one)));
    const names = [...new Set(leaves.flatMap((one) => [...one.keys()]))].toSorted();
    return names.flatMap((name) => {
      const values = leaves.map((one) => one.get(name) ?? null);
      return values.every((value) => Object.is(value, values[0])) ? [] : [{ name, values }];
    });
  };
  const hashes = all.map(({ dataHash }) => dataHash);
  return {
    backtests: all.map(({ id, kind, strategy, state, askedAt, actor }) => {
      return { id, kind, strategy, state, askedAt, actor };
    }),
    request: differing(({ request, seed }) => ({ ...Object(request), seed })),
    data: { isSame: new Set(hashes).size === 1, hashes },
    figures: differing(({ result }) => result),
  };
}

/** Numbers, texts and the like by the way to them; lists as a whole, since they are no figures. */
function leavesOf(value: unknown, name = ''): Map<string, Leaf> {
  if (Array.isArray(value)) {
    const text = JSON.stringify(value);
    return new Map(text.length > 200 ? [] : [[name, text]]);
  }
  if (typeof value === 'object' && value !== null) {
    return new Map(
      Object.entries(value).flatMap(([key, one]) => [
        ...leavesOf(one, name === '' ? key : `${name}.${key}`),
      ]),
    );
  }
  return isLeaf(value) && name !== '' ? new Map([[name, value]]) : new Map<string, Leaf>();
}

const isLeaf = (value: unknown): value is Leaf =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);
