import type { DataSource } from '@ballast/domain';
import type { FaultSink, FeedFault } from '../faults.ts';
import type { FeedEvent, Route } from '../feed.ts';

/** What one frame was. Faulty parts went to the link's `fault`; the rest of the frame is here. */
export type FrameOutcome =
  /** Proof that the source still tells prices; `events` may be empty. */
  | { readonly kind: 'data'; readonly events: FeedEvent[] }
  /** An answer, a pong, a greeting: the connection works, which says nothing of data. */
  | { readonly kind: 'answer' }
  /**
   * The source will not serve this connection: it is given up, the next try comes late, and soon
   * where it is said to pass.
   */
  | {
      readonly kind: 'refused';
      readonly code: FeedFault;
      readonly message: string;
      readonly isPassing?: boolean;
    }
  | { readonly kind: 'unusable' };

export const ANSWER: FrameOutcome = { kind: 'answer' };
export const UNUSABLE: FrameOutcome = { kind: 'unusable' };

/** The connection as its protocol sees it. */
export type ProtocolLink = {
  /** Sends text, or bytes as a binary frame; does nothing while no connection is open. */
  send(data: string | Uint8Array): void;
  readonly fault: FaultSink;
};

/**
 * What one source says and understands over a socket; everything else (connecting, back-off, data
 * age, pings, pauses, frames too large) is the connection's.
 */
export type SocketProtocol = {
  readonly source: DataSource;
  /** Frames of the other sort are counted as malformed and not read. */
  readonly frames: 'text' | 'binary' | 'both';
  /** A message for the source to answer, a ping of the socket itself, or none. */
  readonly ping: { readonly message: string } | 'socket' | null;
  /** On each new connection: forget what only the last one knew, log in, subscribe. */
  onOpen(now: number): void;
  /** `text` is null for a binary frame, whose bytes are in `bytes`. Must not throw. */
  read(text: string | null, bytes: Buffer, receivedTime: number): FrameOutcome;
  /** The wanted routes; before the first connection too. Asks for what is new when open. */
  setRoutes(routes: readonly Route[], now: number): void;
  /**
   * Called some times a second: what this connection waits for in vain and must be given up for.
   * What can be asked again on the same connection is asked again here instead.
   */
  overdue(now: number): FeedFault | null;
};
