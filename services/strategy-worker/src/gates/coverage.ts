import { type GateCheck, refuse } from './gate.ts';

/** No trade on bars of which some are missing: what the strategy saw is not what happened. */
export const coverageGate: GateCheck = ({ gaps, limits }) => {
  const missing = gaps.reduce((sum, { bars }) => sum + bars, 0);
  const [first] = gaps;
  if (first === undefined) return null;
  const since = new Date(first.fromTime).toISOString();
  return refuse(
    `${missing} bars of 1m missing since ${since}`,
    `none missing in the last ${limits.coverageMinutes} min`,
  );
};
