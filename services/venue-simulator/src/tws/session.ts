import type { Socket } from 'node:net';
import type { PushFate } from '@ballast/sim-core';
import type { VenueFaults } from '../fault-plan.ts';
import { createOutbox } from '../outbox.ts';
import type { Contract } from './contracts.ts';
import { encodeFrame, type Frame } from './frame.ts';

/** A client that reads this far behind is cut off. */
const BUFFERED_MAX_BYTES = 16 * 1024 * 1024;

/** One market-data line of a client. */
export type MarketDataLine = { readonly contract: Contract };

export const TICK_TYPES = ['Last', 'AllLast', 'BidAsk'] as const;
export type TickLine = MarketDataLine & { readonly type: (typeof TICK_TYPES)[number] };

/** `ping` goes out even while data does not; `market` does not while the public feed is mute. */
type Kind = 'data' | 'ping' | 'market';

/** One connection. */
export type Session = {
  /** Null until START_API. */
  clientId: number | null;
  readonly lines: Map<number, MarketDataLine>;
  /** Streams of single trades or quotes. */
  readonly tickLines: Map<number, TickLine>;
  /** When it asked for history, and for what; oldest first. */
  readonly historyAsked: { readonly at: number; readonly what: string }[];
  /** Account summaries asked for and not cancelled. */
  readonly summaries: Map<string, readonly string[]>;
  wantsPositions: boolean;
  wantsAccount: boolean;
  send(frames: readonly Frame[], kind?: Kind): void;
  /** Messages that belong together, as their fate has it. */
  push(frames: readonly Frame[], fate: PushFate): void;
  /** After `ms`, unless the connection is gone by then. */
  later(ms: number, act: () => void): void;
  destroy(): void;
};

export function createSession(
  socket: Socket,
  faults: VenueFaults,
  on: { readonly gone: (session: Session) => void; readonly slow: () => void },
): Session {
  const timers = new Set<NodeJS.Timeout>();
  const send = (frames: readonly Frame[], kind: Kind = 'data'): void => {
    const state = kind === 'market' ? faults.feedSocket() : faults.socket();
    const passes = state === 'open' || (state === 'silent' && kind === 'ping');
    if (!passes || socket.destroyed || frames.length === 0) return;
    socket.write(Buffer.concat(frames.map(encodeFrame)));
    if (socket.writableLength <= BUFFERED_MAX_BYTES) return;
    on.slow();
    end();
  };
  // Gone at once: what happens from here on is not told to it, and its client id is free.
  const end = (): void => {
    on.gone(session);
    outbox.close();
    for (const timer of timers) clearTimeout(timer);
    socket.destroy();
  };
  const outbox = createOutbox<readonly Frame[]>((frames) => send(frames), end);
  socket.on('close', end);
  const session: Session = {
    clientId: null,
    lines: new Map(),
    tickLines: new Map(),
    historyAsked: [],
    summaries: new Map(),
    wantsPositions: false,
    wantsAccount: false,
    send,
    push: outbox.push,
    later(ms, act) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        act();
      }, ms);
      timers.add(timer);
    },
    destroy: end,
  };
  return session;
}
