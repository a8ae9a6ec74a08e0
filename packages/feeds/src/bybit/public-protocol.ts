import {
  ANSWER,
  type ProtocolLink,
  type SocketProtocol,
  UNUSABLE,
} from '../connection/protocol.ts';
import type { ControlFrame } from './control-frame.ts';
import { FrameReader } from './public-frames.ts';
import { createSubscriptions } from './subscriptions.ts';
import { channelsOf, type Wanted } from './symbol-reader.ts';

/** The public socket of ByBit v5: subscriptions with answers, pings, data frames. */
export function createBybitProtocol(
  { send, fault }: ProtocolLink,
  wanted: Wanted,
  answerTimeoutMs: number,
): SocketProtocol {
  const channels = channelsOf(wanted);
  const subscriptions = createSubscriptions(send, fault);
  const onBookLost = (topic: string, now: number): void => subscriptions.again(topic, now);
  const reader = new FrameReader({ wanted, fault, onBookLost });

  function onControl(control: ControlFrame, now: number): boolean {
    switch (control.op) {
      case 'subscribe':
      case 'unsubscribe':
        subscriptions.answer(control, now);
        return false;
      case 'ping':
      case 'pong':
        return true;
      default:
        fault('FEED_FRAME_MALFORMED', `op ${control.op}`);
        return false;
    }
  }

  return {
    source: 'bybit',
    frames: 'text',
    ping: { message: '{"op":"ping"}' },
    onOpen(now) {
      reader.reset();
      subscriptions.start(now);
    },
    read(text, _bytes, receivedTime) {
      const frame = reader.read(text ?? '', receivedTime);
      if (frame.kind === 'data') return frame;
      if (frame.kind === 'unusable') return UNUSABLE;
      return onControl(frame.control, receivedTime) ? ANSWER : UNUSABLE;
    },
    setRoutes(routes, now) {
      const anew = reader.setRoutes(routes);
      const topics = routes.flatMap(({ symbol }) =>
        channels.map((channel) => `${channel}.${symbol}`),
      );
      subscriptions.want(topics, now);
      for (const symbol of anew) {
        for (const channel of channels) subscriptions.again(`${channel}.${symbol}`, now);
      }
    },
    overdue(now) {
      if (subscriptions.oldestAgeMs(now) > answerTimeoutMs) return 'FEED_SUBSCRIBE_UNANSWERED';
      if (reader.snapshotOverdueMs(now) > answerTimeoutMs) return 'FEED_SNAPSHOT_MISSING';
      reader.askForOverdueBooks(now, answerTimeoutMs);
      return null;
    },
  };
}
