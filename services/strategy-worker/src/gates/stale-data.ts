import { type GateCheck, refuse } from './gate.ts';

/**
 * No trade on a price that may be gone, nor on a bar that closed long ago (a stream catching up).
 */
export const staleDataGate: GateCheck = ({ signal, quote, barCloseTime, limits }) => {
  const quoteThreshold = `quote at most ${limits.quoteAgeMaxMs} ms old`;
  if (quote === null) return refuse('no quote yet', quoteThreshold);
  const quoteAgeMs = signal.decidedAt - quote.receivedTime;
  if (quoteAgeMs > limits.quoteAgeMaxMs)
    return refuse(`quote ${quoteAgeMs} ms old`, quoteThreshold);
  const barAgeMs = signal.decidedAt - barCloseTime;
  if (barAgeMs <= limits.barAgeMaxMs) return null;
  return refuse(`bar closed ${barAgeMs} ms ago`, `bar closed at most ${limits.barAgeMaxMs} ms ago`);
};
