/** Which order numbers have gone to the venue over one connection. */
export type SentNumbers = {
  sent(orderId: number): void;
  /** Turned away before the order book: the number is as it was. */
  turnedAway(orderId: number): void;
  /** The venue shows an order of ours under it. */
  shown(orderId: number): void;
  /**
   * No order of ours is under it and the venue would refuse it, since a later one went first:
   * its count at the login says that no request with it had arrived by then, and none has left
   * since. False while that is not certain.
   */
  passedOver(orderId: number): boolean;
};

/**
 * @param nextOrderId the venue's count at the login
 * @param highestShown of all connections before: a count that is not above it fell back, and says
 * nothing of what has arrived
 */
export function createSentNumbers(nextOrderId: number, highestShown: number): SentNumbers {
  const numbers = new Set<number>();
  let countHolds = highestShown < nextOrderId;
  let highest = 0;
  return {
    sent(orderId) {
      numbers.add(orderId);
      highest = Math.max(highest, orderId);
    },
    turnedAway: (orderId) => void numbers.delete(orderId),
    shown(orderId) {
      if (orderId >= nextOrderId && !numbers.has(orderId)) countHolds = false;
    },
    passedOver: (orderId) =>
      countHolds && orderId >= nextOrderId && orderId < highest && !numbers.has(orderId),
  };
}
