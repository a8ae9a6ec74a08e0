import { SAYS } from './model.ts';

/**
 * A strategy's idea of the market, a number at `place` of its state: 1 that it will rise, -1 that
 * it will fall, 0 none. What is said of it is said once: an entry when it begins, not while it
 * goes on, and a leave when it is over.
 * @param wanted the idea that this bar gives rise to, 0 for none
 * @param over whether the idea that was held so far has come to its end
 * @returns a sum of SAYS
 */
export function sayOf(state: Float64Array, place: number, wanted: number, over: boolean): number {
  const held = state[place] ?? 0;
  let says = 0;
  let next = held;
  if (held !== 0 && (over || wanted === -held)) {
    says = held > 0 ? SAYS.leaveLong : SAYS.leaveShort;
    next = 0;
  }
  if (wanted !== 0 && wanted !== held) {
    says += wanted > 0 ? SAYS.enterLong : SAYS.enterShort;
    next = wanted;
  }
  state[place] = next;
  return says;
}

/** Bars since the idea at `idea` began, counted at `place`; 0 without one. Once a bar. */
export function ageOf(state: Float64Array, place: number, idea: number): number {
  const age = state[idea] === 0 ? 0 : (state[place] ?? 0) + 1;
  state[place] = age;
  return age;
}
