import type { FaultName } from '@ballast/sim-core';
import type { VenueName } from './config.ts';

const NO_SESSION_IDS = 'orders have no ids that are counted in a session';
const NO_CLIENT_TIME = "no request carries the client's time";

/** Faults that a venue cannot have, and why not. Every other one it can be told to have. */
export const IMPOSSIBLE: Readonly<Record<VenueName, Partial<Record<FaultName, string>>>> = {
  bybit: {
    correctedFill: 'an execution is final: the API knows neither corrections nor busts',
    sessionIdRollBack: NO_SESSION_IDS,
  },
  alpaca: { clockSkew: NO_CLIENT_TIME, sessionIdRollBack: NO_SESSION_IDS },
  ibkr: { clockSkew: NO_CLIENT_TIME },
};
