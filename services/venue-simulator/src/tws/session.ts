import type { Socket } from 'node:net';
import type { FaultPort, PushFate } from '@ballast/sim-core';
import { createOutbox } from '../outbox.ts';
import type { Contract } from './contracts.ts';
import { encodeFrame, type Frame } from './frame.ts';

/** A client that reads this far behind is cut off. */
const BUFFERED_MAX_BYTES = 16 * 1024 * 1024;

/** One market-data line of a client. */
export type MarketDataLine = { readonly contract: Contract };

/** One connection. */
export type Session = {
  /** Null until START_API. */
  clientId: number | null;
  readonly lines: Map<number, MarketDataLine>;
  /** Account summaries asked for and not cancelled. */
  readonly summaries: Map<string, readonly string[]>;
  wantsPositions: boolean;
  wantsAccount: boolean;
  /** `ping`: goes out even while data does not. */
  send(frames: readonly Frame[], kind?: 'data' | 'ping'): void;
  /** Messages that belong together, as their fate has it. */
  push(frames: readonly Frame[], fate: PushFate): void;
  /** After `ms`, unless the connection is gone by then. */
  later(ms: number, act: () => void): void;
  destroy(): void;
};

export function createSession(
  socket: Socket,
  faults: FaultPort,
  on: { readonly gone: (session: Session) => void; readonly slow: () => void },
): Session {
  const timers = new Set<NodeJS.Timeout>();
  const send = (frames: readonly Frame[], kind: 'data' | 'ping' = 'data'): void => {
    const state = faults.socket();
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
