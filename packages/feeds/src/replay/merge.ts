import type { TimedEvent } from './recorded-rows.ts';

export type Recorded = TimedEvent & { readonly symbol: string };

/** Several recordings as one, by time; at the same time in the order of the recordings. */
export async function* mergeByTime(
  sources: readonly AsyncIterator<Recorded, unknown>[],
): AsyncGenerator<Recorded> {
  const heads: { readonly source: AsyncIterator<Recorded, unknown>; head: Recorded }[] = [];
  for (const source of sources) {
    const first = await source.next();
    if (first.done !== true) heads.push({ source, head: first.value });
  }
  while (heads.length > 0) {
    let index = 0;
    for (const [other, { head }] of heads.entries()) {
      if (head.at < (heads[index]?.head.at ?? 0)) index = other;
    }
    const earliest = heads[index];
    if (earliest === undefined) return;
    yield earliest.head;
    const next = await earliest.source.next();
    if (next.done === true) heads.splice(index, 1);
    else earliest.head = next.value;
  }
}
