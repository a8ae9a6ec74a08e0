import type { FaultSink } from '../faults.ts';
import type { ControlFrame } from './public-frames.ts';

/** Spot allows ten topics in a request; kept everywhere. */
const TOPICS_PER_REQUEST = 10;

type Request = { readonly topics: readonly string[]; readonly sentAt: number };

/**
 * Asks for topics and checks each answer. A refused request of several topics is asked again one by
 * one, so that one unknown symbol costs only itself.
 */
export function createSubscriptions(
  topics: readonly string[],
  send: (text: string) => void,
  fault: FaultSink,
) {
  const waiting = new Map<string, Request>();
  let nextId = 1;

  function ask(asked: readonly string[], now: number): void {
    const requestId = `subscribe-${nextId}`;
    nextId += 1;
    waiting.set(requestId, { topics: asked, sentAt: now });
    send(JSON.stringify({ req_id: requestId, op: 'subscribe', args: asked }));
  }

  return {
    /** On each new connection. */
    start(now: number): void {
      waiting.clear();
      for (let index = 0; index < topics.length; index += TOPICS_PER_REQUEST) {
        ask(topics.slice(index, index + TOPICS_PER_REQUEST), now);
      }
    },
    answer(control: ControlFrame, now: number): void {
      const request = waiting.get(control.requestId);
      if (request === undefined) {
        fault('FEED_FRAME_MALFORMED', `answer to no request of ours: ${control.requestId}`);
        return;
      }
      waiting.delete(control.requestId);
      if (control.success || /already subscribed/i.test(control.message)) return;
      if (request.topics.length > 1) {
        for (const topic of request.topics) ask([topic], now);
        return;
      }
      const sample = `${request.topics.join(',')}: ${control.message}`;
      const unknown = /invalid|not found|symbol/i.test(control.message);
      fault(unknown ? 'FEED_SYMBOL_UNKNOWN' : 'FEED_SUBSCRIBE_REFUSED', sample);
    },
    /** Age in ms of the oldest request without an answer; 0 when there is none. */
    oldestAgeMs(now: number): number {
      let oldest = now;
      for (const { sentAt } of waiting.values()) oldest = Math.min(oldest, sentAt);
      return now - oldest;
    },
  };
}

export type Subscriptions = ReturnType<typeof createSubscriptions>;
