import { ANSWER, type FrameOutcome, UNUSABLE } from '../connection/protocol.ts';
import { type FaultSink, type FeedFault, shown } from '../faults.ts';
import { createDigitParser } from '../json-number.ts';
import { isRecord, type TradeItems } from './trade-items.ts';

const parse = createDigitParser(['p', 'v']);
const KEY_REFUSED = /invalid (api )?(key|token)|unauthori[sz]ed/i;

const REFUSED: FrameOutcome = {
  kind: 'refused',
  code: 'FEED_LOGIN_REFUSED',
  message: 'the source does not take the key',
};

/** What a frame of Finnhub's socket was. */
export function readFrame(
  text: string,
  receivedTime: number,
  items: TradeItems,
  fault: FaultSink,
): FrameOutcome {
  const unusable = (code: FeedFault, sample: string): FrameOutcome => {
    fault(code, sample);
    return UNUSABLE;
  };
  let frame: unknown;
  try {
    frame = parse(text);
  } catch {
    return unusable('FEED_FRAME_MALFORMED', text);
  }
  if (!isRecord(frame)) return unusable('FEED_FRAME_MALFORMED', text);
  switch (frame['type']) {
    case 'trade': {
      const data = frame['data'];
      if (!Array.isArray(data)) return unusable('FEED_FRAME_MALFORMED', `data ${shown(data)}`);
      return { kind: 'data', events: items.read(data, receivedTime) };
    }
    case 'ping':
      return ANSWER;
    case 'error': {
      const message = shown(frame['msg']);
      // The source's words may hold the key.
      if (KEY_REFUSED.test(message)) return REFUSED;
      fault('FEED_SOURCE_ERROR', message);
      return ANSWER;
    }
    default:
      return unusable('FEED_TOPIC_UNKNOWN', shown(frame['type']));
  }
}
