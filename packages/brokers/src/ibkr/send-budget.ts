/**
 * The venue's limit is 50 messages in a second, all kinds together; past it, it hangs up. The rest
 * is for pings and for what ends subscriptions.
 */
const PER_SECOND = 44;
/** Kept for exits and cancels: entries and questions may not take the last of them. */
const RESERVED = 14;

export type SendBudget = {
  /** False when nothing of this urgency may be sent now. */
  take(urgency: 'exit' | 'other'): boolean;
};

/** @param clock monotonic, ms */
export function createSendBudget(clock: () => number): SendBudget {
  const sentAt: number[] = [];
  return {
    take(urgency) {
      const at = clock();
      while (sentAt[0] !== undefined && sentAt[0] <= at - 1_000) sentAt.shift();
      if (sentAt.length >= (urgency === 'exit' ? PER_SECOND : PER_SECOND - RESERVED)) return false;
      sentAt.push(at);
      return true;
    },
  };
}
