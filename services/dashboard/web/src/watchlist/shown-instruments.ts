/** Those that a list names, in its order, or all; of them those with the text in their names. */
export function shownInstruments<
  T extends { readonly id: string; readonly symbol: string; readonly baseCurrency: string },
>(all: readonly T[], list: readonly string[] | null, search: string): T[] {
  const byId = new Map(all.map((instrument) => [instrument.id, instrument]));
  const chosen = list === null ? all : list.flatMap((id) => byId.get(id) ?? []);
  const wanted = search.trim().toUpperCase();
  if (wanted === '') return [...chosen];
  return chosen.filter(({ symbol, baseCurrency }) =>
    `${symbol} ${baseCurrency.toUpperCase()}`.includes(wanted),
  );
}

/** The list with one of its members a place further up (-1) or down (1). */
export function moved(ids: readonly string[], index: number, by: -1 | 1): string[] {
  const id = ids[index];
  const other = ids[index + by];
  if (id === undefined || other === undefined) return [...ids];
  return ids.with(index, other).with(index + by, id);
}
