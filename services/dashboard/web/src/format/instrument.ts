/** `bybit.linear:BTCUSDT` → `BTCUSDT`: the venue's spelling, for headings and rows. */
export const symbolText = (instrument: string): string =>
  instrument.slice(instrument.indexOf(':') + 1);
