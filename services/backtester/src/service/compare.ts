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

/** A longer list is no text that somebody reads to the end. */
const LIST_CHARACTERS_MAX = 200;

/**
 * What differs between backtests, each value in the order of `all`: in what was asked, in the data,
 * and in the figures. Where one of them has no such value there is null. Long lists are told of in
 * what was asked alone, as instruments are: among the figures they are no figures.
 */
export function compareBacktests(all: readonly StoredBacktest[]) {
  const differing = (
    of: (one: StoredBacktest) => unknown,
    isTold: (leaf: Leaf | List) => boolean = () => true,
  ): Difference[] => {
    const leaves = all.map((one) => leavesOf(of(one)));
    const names = [...new Set(leaves.flatMap((one) => [...one.keys()]))].toSorted();
    return names.flatMap((name) => {
      const found = leaves.map((one) => one.get(name) ?? null);
      const values = found.map((leaf) => (leaf === null || !isTold(leaf) ? null : textOf(leaf)));
      const isSame = values.every((value) => Object.is(value, values[0]));
      return isSame ? [] : [{ name, values: shortOf(found, values) }];
    });
  };
  const hashes = all.map(({ dataHash }) => dataHash);
  return {
    backtests: all.map(({ id, kind, strategy, state, askedAt, actor }) => {
      return { id, kind, strategy, state, askedAt, actor };
    }),
    request: differing(({ request, seed }) => ({ ...Object(request), seed })),
    data: { isSame: new Set(hashes).size === 1, hashes },
    figures: differing(
      ({ result }) => result,
      (leaf) => !isList(leaf) || !isLong(textOf(leaf)),
    ),
  };
}

type List = readonly unknown[];

const isList = (value: unknown): value is List => Array.isArray(value);
const isLong = (text: Leaf): boolean => String(text).length > LIST_CHARACTERS_MAX;
const textOf = (leaf: Leaf | List): Leaf => (isList(leaf) ? JSON.stringify(leaf) : leaf);

/** Where a list is long, what of it not all have: the rest only hides that. */
function shortOf(found: readonly (Leaf | List)[], values: readonly Leaf[]): readonly Leaf[] {
  const lists = found.map((leaf) => (isList(leaf) ? leaf.map((one) => JSON.stringify(one)) : []));
  if (!found.some(isList) || !values.some(isLong)) return values;
  const [first = [], ...others] = lists;
  const shared = new Set(first.filter((one) => others.every((list) => list.includes(one))));
  const own = lists.map((list) => list.filter((one) => !shared.has(one)));
  // In another order, or with one of them twice: then only the whole of it tells the difference.
  if (own.every((list) => list.length === 0)) return values;
  const beside = shared.size === 0 ? '' : ` beside ${shared.size} that all have`;
  return own.map((list, at) => (isList(found[at]) ? `[${list.join(',')}]${beside}` : null));
}

/** Numbers, texts, lists and the like by the way to them. */
function leavesOf(value: unknown, name = ''): Map<string, Leaf | List> {
  if (isList(value)) return new Map([[name, value]]);
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
