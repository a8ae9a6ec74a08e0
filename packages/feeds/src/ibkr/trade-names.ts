/** Ticks come nearly in order of their time. */
const SECONDS_KEPT = 16;

/**
 * Trades have no ids at this venue. Two observers must name one trade alike, so its content is its
 * name; trades of one second that say the same are counted.
 */
export function createTradeNames(): (seconds: number, content: string) => string {
  const counts = new Map<number, Map<string, number>>();
  return (seconds, content) => {
    const ofSecond = counts.get(seconds) ?? new Map<string, number>();
    counts.set(seconds, ofSecond);
    const count = (ofSecond.get(content) ?? 0) + 1;
    ofSecond.set(content, count);
    if (counts.size > SECONDS_KEPT) counts.delete(Math.min(...counts.keys()));
    return `${seconds}-${content}-${count}`;
  };
}
