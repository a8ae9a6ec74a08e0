import type { Bar } from '@ballast/domain';
import { hasNumbersOf, mayCorrect } from './bar-comparison.ts';
import { minuteKey, type ToldBars } from './told.ts';

/** As much as any late word of a minute may take. */
export const BARS_HELD_MS = 15 * 60_000;
const BARS_HELD_MAX = 50_000;

type HeldBar = { readonly bar: Bar; readonly heldAt: number };
/** All that this process has said of a minute, in turn; the last counts. */
type Minute = { readonly versions: readonly Bar[]; readonly last: Bar; readonly heldAt: number };

/** What a takeover makes of them: to be published, and to be stored, in this order. */
export type LetOut = { readonly published: Bar[]; readonly stored: Bar[] };

/** The bars that a process builds while it is not the active one. Times are epoch ms. */
export class HeldBars {
  #bars: HeldBar[] = [];
  /** Let out by this process, and on no stream: older than all that it has built since. */
  #back: HeldBar[] = [];
  /** First and last of those that found no room while nobody was the active one. */
  #lost = new Map<string, readonly [Bar, Bar]>();
  notHeld = 0;

  hold(bar: Bar, now: number, activeAt: number): void {
    this.#bars.push({ bar, heldAt: now });
    if (this.#bars.length > 2 * BARS_HELD_MAX) this.#shorten(activeAt);
  }

  takeBack(bars: readonly Bar[], now: number): void {
    this.#back.push(...bars.map((bar) => ({ bar, heldAt: now })));
  }

  /** Another was the active one until now: it has told what found no room here. */
  activeElsewhere(): void {
    this.#lost.clear();
  }

  /** Lets go of what was held before `oldest`. */
  forget(oldest: number): void {
    const isNew = ({ heldAt }: HeldBar): boolean => heldAt >= oldest;
    // Most looks find nothing that is too old, and the lists may be long.
    if (this.#bars[0] !== undefined && !isNew(this.#bars[0])) this.#bars = this.#bars.filter(isNew);
    if (this.#back.length > 0) this.#back = this.#back.filter(isNew);
  }

  /**
   * What this process lets out of what it holds when it takes over; it holds nothing more then. The
   * streams say what was told, and what was told is what counts and what is stored: the process
   * before may not have come to that. On top of it comes what this one knows better, or alone.
   * @param isGone whether the stream has lost what was told when this bar was held
   */
  takeOver(told: ToldBars, isGone: (bar: Bar, heldAt: number) => boolean): LetOut {
    const published: Bar[] = [];
    const stored: Bar[] = told.lasts();
    for (const { versions, last, heldAt } of this.#minutes()) {
      const before = told.lastOf(last);
      if (before === undefined) {
        // Nobody was told what it corrects. Where another source's bar is stored it stays.
        const first: Bar = { ...last, state: 'closed' };
        stored.push(first);
        if (!isGone(last, heldAt) && told.isNext(last)) published.push(first);
      } else if (!isBehind(versions, last, before, told) && isBetter(versions, last, before)) {
        const better: Bar = { ...last, state: 'corrected' };
        stored.push(better);
        published.push(better);
      }
    }
    this.#bars = [];
    this.#back = [];
    return { published, stored };
  }

  /** Bars at the bounds of what nobody has let out, and nobody does; they are named once. */
  takeLost(): Bar[] {
    const lost = [...this.#lost.values()].flat();
    this.#lost.clear();
    return lost;
  }

  /** Oldest first. */
  #minutes(): Minute[] {
    const minutes = new Map<string, Minute>();
    for (const { bar, heldAt } of [...this.#back, ...this.#bars]) {
      const key = minuteKey(bar);
      const versions = [...(minutes.get(key)?.versions ?? []), bar];
      minutes.set(key, { versions, last: bar, heldAt });
    }
    return [...minutes.values()].toSorted((a, b) => a.last.openTime - b.last.openTime);
  }

  #shorten(activeAt: number): void {
    for (const { bar, heldAt } of this.#bars.slice(0, -BARS_HELD_MAX)) {
      if (heldAt < activeAt) continue;
      this.notHeld += 1;
      const key = `${bar.instrument} ${bar.source}`;
      this.#lost.set(key, [this.#lost.get(key)?.[0] ?? bar, bar]);
    }
    this.#bars = this.#bars.slice(-BARS_HELD_MAX);
  }
}

/**
 * Another source may have heard other trades: only who has followed the source of the bar that was
 * told can know better.
 */
function isBetter(versions: readonly Bar[], last: Bar, told: Bar): boolean {
  return versions.some(({ source }) => source === told.source) && mayCorrect(last, told);
}

/** Whether it was told before what was told last, and that has not come here, or is the same. */
function isBehind(versions: readonly Bar[], last: Bar, before: Bar, told: ToldBars): boolean {
  if (hasNumbersOf(last, before)) return true;
  return told.has(last) && !versions.some((one) => hasNumbersOf(one, before));
}
