import { checkWhole, refuse } from './sample.ts';

/** Number of ways to choose `chosen` of `count`. @throws PARAMETER_OUT_OF_RANGE */
export function combinationCount(count: number, chosen: number): number {
  checkWhole(count, 'count', 0);
  checkWhole(chosen, 'chosen', 0, count);
  const steps = Math.min(chosen, count - chosen);
  let ways = 1;
  for (let step = 1; step <= steps; step++) ways = (ways * (count - steps + step)) / step;
  return Math.round(ways);
}

/**
 * Calls `visit` with the places of each combination, in lexicographic order: 01, 02, 03, 12, …
 * The array is one and the same each time: nothing is held but what is visited.
 * @throws TOO_MANY_ARRANGEMENTS above `countMax`; PARAMETER_OUT_OF_RANGE
 */
export function forEachCombination(
  count: number,
  chosen: number,
  countMax: number,
  visit: (places: Int32Array) => void,
): void {
  const ways = combinationCount(count, chosen);
  if (ways > countMax) {
    refuse('TOO_MANY_ARRANGEMENTS', `${ways} combinations, at most ${countMax} are enumerated`);
  }
  const places = Int32Array.from({ length: chosen }, (_, at) => at);
  for (let done = 0; done < ways; done++) {
    visit(places);
    advance(places, count);
  }
}

function advance(places: Int32Array, count: number): void {
  const chosen = places.length;
  let at = chosen - 1;
  while (at >= 0 && placeAt(places, at) === count - chosen + at) at--;
  if (at < 0) return;
  const next = placeAt(places, at) + 1;
  for (let later = at; later < chosen; later++) places[later] = next + later - at;
}

function placeAt(places: Int32Array, at: number): number {
  return places[at] ?? 0;
}
