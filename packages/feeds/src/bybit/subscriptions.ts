import type { FaultSink } from '../faults.ts';
import type { ControlFrame } from './control-frame.ts';

/** Spot allows ten topics in a request; kept everywhere. */
const TOPICS_PER_REQUEST = 10;

type Operation = 'subscribe' | 'unsubscribe';
type Request = {
  readonly operation: Operation;
  readonly topics: readonly string[];
  readonly sentAt: number;
};

/**
 * Asks for topics and checks each answer. A refused request of several topics is asked again one by
 * one, so that one unknown symbol costs only itself.
 */
export function createSubscriptions(send: (text: string) => void, fault: FaultSink) {
  const waiting = new Map<string, Request>();
  let wanted: ReadonlySet<string> = new Set();
  let nextId = 1;
  let isOpen = false;

  function ask(operation: Operation, topics: readonly string[], now: number): void {
    if (!isOpen) return;
    for (let index = 0; index < topics.length; index += TOPICS_PER_REQUEST) {
      const args = topics.slice(index, index + TOPICS_PER_REQUEST);
      const requestId = `${operation}-${nextId}`;
      nextId += 1;
      waiting.set(requestId, { operation, topics: args, sentAt: now });
      send(JSON.stringify({ req_id: requestId, op: operation, args }));
    }
  }

  return {
    /** On each new connection. */
    start(now: number): void {
      waiting.clear();
      isOpen = true;
      ask('subscribe', [...wanted], now);
    },
    /** Asks for what is new and gives up what is no more wanted. */
    want(topics: readonly string[], now: number): void {
      const before = wanted;
      wanted = new Set(topics);
      const gone = [...before].filter((topic) => !wanted.has(topic));
      ask('unsubscribe', gone, now);
      const added = topics.filter((topic) => !before.has(topic));
      ask('subscribe', added, now);
    },
    /** Gives the topic up and asks for it anew, which brings a new snapshot. */
    again(topic: string, now: number): void {
      ask('unsubscribe', [topic], now);
      ask('subscribe', [topic], now);
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
        for (const topic of request.topics) ask(request.operation, [topic], now);
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
