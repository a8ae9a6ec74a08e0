/** What a field may be given as; a flag goes out as 1 or 0. */
export type Field = string | number | boolean;
/** The fields of one message, its id first. */
export type Frame = readonly Field[];

/** What a client of today's library agrees on; later versions speak another encoding. */
export const SERVER_VERSION = 193;
/** Far above any request; what is longer is no request. */
const FRAME_MAX_BYTES = 64 * 1024;
const LENGTH_BYTES = 4;
const GREETING = Buffer.from('API\0', 'latin1');
const VERSIONS = /^v(\d+)(?:\.\.(\d+))?(?: .*)?$/;

/** Length, then each field with its closing NUL. */
export function encodeFrame(frame: Frame): Buffer {
  const text = frame.map((field) => `${typeof field === 'boolean' ? Number(field) : field}\0`);
  const body = Buffer.from(text.join(''), 'utf8');
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

export type FrameReader = {
  /** False: the bytes cannot be frames, and nothing after them can be read either. */
  read(chunk: Buffer): boolean;
};

/**
 * Cuts a connection's bytes into messages, however they arrive.
 * `onGreeting` is called once, with the client's highest version.
 */
export function createFrameReader(on: {
  greeting(highestVersion: number): void;
  frame(fields: readonly string[]): void;
}): FrameReader {
  let pending = Buffer.alloc(0);
  let stage: 'greeting' | 'version' | 'open' | 'broken' = 'greeting';

  const take = (length: number): Buffer => {
    const taken = pending.subarray(0, length);
    pending = pending.subarray(length);
    return taken;
  };
  const accept = (body: Buffer): boolean => {
    if (stage === 'version') {
      const version = highestVersion(body.toString('latin1'));
      if (version === null) return false;
      stage = 'open';
      on.greeting(version);
      return true;
    }
    if (body.at(-1) !== 0) return false;
    on.frame(body.toString('utf8', 0, body.length - 1).split('\0'));
    return true;
  };
  const readAll = (): boolean => {
    if (stage === 'greeting') {
      const given = pending.subarray(0, GREETING.length);
      if (!given.equals(GREETING.subarray(0, given.length))) return false;
      if (given.length < GREETING.length) return true;
      take(GREETING.length);
      stage = 'version';
    }
    while (pending.length >= LENGTH_BYTES) {
      const length = pending.readUInt32BE();
      if (length === 0 || length > FRAME_MAX_BYTES) return false;
      if (pending.length < LENGTH_BYTES + length) return true;
      take(LENGTH_BYTES);
      if (!accept(take(length))) return false;
    }
    return true;
  };
  return {
    read(chunk) {
      if (stage === 'broken') return false;
      pending = Buffer.concat([pending, chunk]);
      if (readAll()) return true;
      stage = 'broken';
      pending = Buffer.alloc(0);
      return false;
    },
  };
}

function highestVersion(text: string): number | null {
  const match = VERSIONS.exec(text.replace(/\0$/, ''));
  return match === null ? null : Number(match[2] ?? match[1]);
}
