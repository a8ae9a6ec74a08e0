import { Socket } from 'node:net';
import type { IBApi } from '@stoqey/ib';

/** Longest frame of the protocol, as the venue's own clients have it. */
const FRAME_BYTES_MAX = 0xffffff;
const LENGTH_BYTES = 4;

export type SdkGuard = {
  /** What the socket brings, in pieces of any length. */
  take(data: Buffer): void;
  sendAtOnce(): void;
  /** While paused, what comes waits in the network. */
  setPaused(paused: boolean): void;
  /** Ends the socket at once. */
  reset(): void;
};

export type GuardHandlers = {
  unreadable(detail: string): void;
  broken(detail: string): void;
  /** All frames that came in one piece have been told. */
  settled(): void;
};

/**
 * The SDK reads frames of any length (a negative one sends it round for ever), and lets what its
 * decoder throws end the process. Frames are therefore cut here and handed to it one at a time;
 * one that it cannot read is told and costs no other.
 * @throws Error when the SDK is built differently inside
 */
export function guardSdk(api: IBApi, tell: GuardHandlers): SdkGuard {
  const controller = inner(api, 'controller');
  const decoder = inner(controller, 'decoder');
  const socket = inner(controller, 'socket');
  const onData: unknown = Reflect.get(socket, 'onData');
  if (typeof onData !== 'function') throw new Error('the SDK reads its socket elsewhere');

  const pass = (frame: Buffer): void => {
    // One without its end would be glued to the next.
    if (frame.at(-1) !== 0) return tell.unreadable('frame without an end');
    try {
      Reflect.apply(onData, socket, [frame]);
    } catch (error) {
      Reflect.set(decoder, 'dataQueue', []);
      Reflect.set(decoder, 'emitQueue', []);
      tell.unreadable(error instanceof Error ? error.message : 'not decoded');
    }
    return undefined;
  };
  const take = frameReader(pass, tell);
  Reflect.set(socket, 'onData', take);

  const tcp = (): Socket | null => {
    const client: unknown = Reflect.get(socket, 'client');
    return client instanceof Socket ? client : null;
  };
  return {
    take,
    sendAtOnce: () => void tcp()?.setNoDelay(true),
    setPaused(paused) {
      if (paused) tcp()?.pause();
      else tcp()?.resume();
    },
    reset: () => void tcp()?.destroy(),
  };
}

function frameReader(
  pass: (frame: Buffer) => void,
  { broken, settled }: GuardHandlers,
): (data: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  let dead = false;
  return (data) => {
    pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
    while (!dead && pending.length >= LENGTH_BYTES) {
      const size = pending.readUInt32BE();
      if (size === 0 || size > FRAME_BYTES_MAX) {
        dead = true;
        return broken(`frame of ${size} bytes`);
      }
      if (pending.length < LENGTH_BYTES + size) break;
      const frame = pending.subarray(0, LENGTH_BYTES + size);
      pending = pending.subarray(LENGTH_BYTES + size);
      pass(frame);
    }
    if (!dead) settled();
    return undefined;
  };
}

function inner(holder: object, name: string): object {
  const value: unknown = Reflect.get(holder, name);
  if (typeof value !== 'object' || value === null) throw new Error(`the SDK has no ${name}`);
  return value;
}
