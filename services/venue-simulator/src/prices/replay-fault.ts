import { ConfigFault } from '../config.ts';

export type ReplayCode =
  | 'REPLAY_FILE_MISSING'
  | 'REPLAY_EMPTY'
  | 'REPLAY_HEADER'
  | 'REPLAY_COLUMNS'
  | 'REPLAY_CSV'
  | 'REPLAY_NOT_A_NUMBER'
  | 'REPLAY_NEGATIVE'
  | 'REPLAY_TOO_LARGE'
  | 'REPLAY_PRICE_NOT_POSITIVE'
  | 'REPLAY_HIGH_BELOW_LOW'
  | 'REPLAY_OUTSIDE_RANGE'
  | 'REPLAY_TIME_BACKWARDS'
  | 'REPLAY_SIDE'
  | 'REPLAY_TRUNCATED'
  | 'REPLAY_GZIP'
  | 'REPLAY_TOO_LONG'
  | 'REPLAY_PRECISION'
  | 'REPLAY_INSTRUMENT';

/** A file can hold anything, and the parser quotes it. */
const TOLD_LENGTH_MAX = 300;

/** A replay file, or its instrument, that cannot be used; the message names the row. */
export class ReplayFault extends ConfigFault {
  readonly code: ReplayCode;

  constructor(code: ReplayCode, told: string, options?: ErrorOptions) {
    const printable = told.slice(0, TOLD_LENGTH_MAX).replaceAll(/\p{Cc}/gu, '·');
    super('BALLAST_SIMULATOR_REPLAY', `${code}: ${printable}`, options);
    this.name = 'ReplayFault';
    this.code = code;
  }
}
