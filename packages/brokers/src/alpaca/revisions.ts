import type { Fill } from '@ballast/domain';
import { BoundedMap } from './bounded-map.ts';

/** Executions whose revisions are remembered. */
const EXECUTIONS_MAX = 100_000;

type History = {
  readonly executionId: string;
  /** What each revision said; null for one that was not seen here. */
  readonly contents: (string | null)[];
};

/**
 * Gives each execution its one identity and its revision. The venue numbers no revisions: a
 * correction on the stream has an id of its own and names the one before it, and the listing then
 * shows other figures under the first id. So a revision is a content (price and quantity) that was
 * not told before, whichever channel brings it; an older listing finds the revision it is of.
 */
export class Revisions {
  readonly #histories = new BoundedMap<string, History>(EXECUTIONS_MAX);

  /** @param corrects id of the execution that a correction is about; null for no correction. */
  of(fill: Fill, corrects: string | null = null): Fill {
    const { executionId } = fill;
    const known = this.#histories.get(executionId);
    const about = corrects === null ? undefined : this.#histories.get(corrects);
    const history = known ?? about ?? this.#begin(fill, corrects);
    this.#histories.set(executionId, history);
    const isNews = corrects !== null && (known === undefined || corrects === executionId);
    const revision = isNews ? correct(history, fill) : find(history, fill);
    return { ...fill, executionId: history.executionId, revision };
  }

  #begin(fill: Fill, corrects: string | null): History {
    const executionId = corrects ?? fill.executionId;
    // Nothing is executed with quantity 0: it was taken back before it was seen here.
    const unseen = corrects !== null || fill.quantity === 0n;
    const history: History = { executionId, contents: unseen ? [null] : [] };
    this.#histories.set(executionId, history);
    return history;
  }
}

/** A correction always makes a revision, unless the listing was faster to tell it. */
function correct({ contents }: History, fill: Fill): number {
  const content = contentOf(fill);
  if (contents.at(-1) !== content) contents.push(content);
  return contents.length - 1;
}

function find({ contents }: History, fill: Fill): number {
  const content = contentOf(fill);
  const told = contents.lastIndexOf(content);
  if (told !== -1) return told;
  if (contents[0] === null && fill.quantity > 0n) {
    // The execution itself, after its correction.
    contents[0] = content;
    return 0;
  }
  contents.push(content);
  return contents.length - 1;
}

function contentOf({ price, quantity }: Fill): string {
  return quantity === 0n ? 'taken back' : `${price} ${quantity}`;
}
