import { type Instrument, instrumentId, parseQuantity, parseScaled } from '@ballast/domain';
import type { ProtocolLink, SocketProtocol } from '../connection/protocol.ts';
import type { FaultSink } from '../faults.ts';
import type { FeedEvent, Route } from '../feed.ts';

/** Reads one frame as it came off the wire, and gives what the feed would tell. */
export type FuzzReader = (
  frame: Buffer,
  receivedTime: number,
) => readonly FeedEvent[] | Promise<readonly FeedEvent[]>;

/** A parser that is fed with broken frames. */
export type FuzzTarget = {
  readonly name: string;
  readonly routes: readonly Route[];
  /** Good frames, in an order that a source could send them in; all others are made from them. */
  readonly samples: readonly Buffer[];
  /** Where frames are no JSON: the good ones as JSON, and its way onto the wire; may throw. */
  readonly values?: {
    readonly samples: readonly Buffer[];
    toWire(json: unknown): Uint8Array;
  };
  /** A parser that knows nothing yet, on a connection that has just opened. */
  open(fault: FaultSink): FuzzReader;
};

/** A target of a source that is a protocol over a socket. */
export function protocolTarget(
  name: string,
  routes: readonly Route[],
  frames: Pick<FuzzTarget, 'samples' | 'values'>,
  create: (link: ProtocolLink) => SocketProtocol,
): FuzzTarget {
  return {
    name,
    routes,
    ...frames,
    open(fault) {
      const protocol = create({ send: () => {}, fault });
      protocol.setRoutes(routes, 1);
      protocol.onOpen(1);
      return (frame, receivedTime) => {
        const text = protocol.frames === 'binary' ? null : frame.toString('utf8');
        const outcome = protocol.read(text, frame, receivedTime);
        protocol.overdue(receivedTime);
        return outcome.kind === 'data' ? outcome.events : [];
      };
    },
  };
}

/** A route of an instrument that needs no more than to be known. */
export function fuzzRoute(venue: string, market: string, symbol: string): Route {
  const instrument: Instrument = {
    id: instrumentId(venue, market, symbol.replace(/[^A-Z0-9._-]/g, '-')),
    baseCurrency: 'BASE',
    quoteCurrency: 'QUOTE',
    tickSize: parseScaled('0.00000001'),
    lotSize: parseScaled('0.001'),
    minQuantity: parseQuantity('0.001'),
    maxQuantity: parseQuantity('100'),
    minNotional: parseScaled('5'),
    multiplier: parseScaled('1'),
    sector: null,
    session: 'continuous',
  };
  return { instrument, symbol };
}
