import type { DataSource } from '@ballast/domain';
import type { FeedState } from '@ballast/feeds';

export type SourceState = {
  readonly state: FeedState;
  readonly reason: string;
  /** Epoch ms. */
  readonly since: number;
  /** 0 before the first data. */
  readonly lastDataAt: number;
};

/** What each feed says of itself; `now` epoch ms. */
export class SourceStates {
  readonly #states = new Map<DataSource, SourceState>();

  get all(): ReadonlyMap<DataSource, SourceState> {
    return this.#states;
  }

  isLive(source: DataSource): boolean {
    return this.#states.get(source)?.state === 'live';
  }

  enter(source: DataSource, state: FeedState, reason: string, now: number): void {
    const lastDataAt = this.#states.get(source)?.lastDataAt ?? 0;
    this.#states.set(source, { state, reason, since: now, lastDataAt });
  }

  heard(source: DataSource, now: number): void {
    const known = this.#states.get(source);
    if (known !== undefined) this.#states.set(source, { ...known, lastDataAt: now });
  }
}
