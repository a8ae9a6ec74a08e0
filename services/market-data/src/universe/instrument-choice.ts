import {
  type Instrument,
  type InstrumentId,
  InvalidInput,
  parseInstrumentId,
  UNIVERSE_MAX,
} from '@ballast/domain';

const ALL = 'all';
/** What there are sources for. */
const MARKETS = ['bybit.linear:', 'alpaca.stock:', 'ibkr.stock:'];

/**
 * BALLAST_INSTRUMENTS: ids separated by commas, or `all`.
 * @throws InvalidInput INSTRUMENT_ID_MALFORMED, INSTRUMENT_NOT_OF_THIS_FEED, TOO_MANY_INSTRUMENTS
 */
export function parseInstrumentChoice(text: string): InstrumentId[] | typeof ALL {
  if (text === ALL) return ALL;
  const ids = [...new Set(text.split(',').map((id) => parseInstrumentId(id.trim())))];
  const foreign = ids.find((id) => !MARKETS.some((market) => id.startsWith(market)));
  if (foreign !== undefined) {
    throw new InvalidInput(
      'INSTRUMENT_NOT_OF_THIS_FEED',
      `${foreign} does not start with ${MARKETS.join(' or ')}`,
    );
  }
  if (ids.length > UNIVERSE_MAX) {
    throw new InvalidInput('TOO_MANY_INSTRUMENTS', `${ids.length}, limit ${UNIVERSE_MAX}`);
  }
  return ids;
}

/** @throws InvalidInput INSTRUMENT_UNKNOWN naming each id that the venue does not trade */
export function chooseInstruments(
  choice: InstrumentId[] | typeof ALL,
  listed: readonly Instrument[],
): Instrument[] {
  if (choice === ALL) {
    if (listed.length <= UNIVERSE_MAX) return [...listed];
    const message = `the venue lists ${listed.length}, limit ${UNIVERSE_MAX}: name them`;
    throw new InvalidInput('TOO_MANY_INSTRUMENTS', message);
  }
  const byId = new Map(listed.map((instrument) => [instrument.id, instrument]));
  const unknown = choice.filter((id) => !byId.has(id));
  if (unknown.length > 0) {
    const message = `BALLAST_INSTRUMENTS: the venue does not trade ${unknown.join(', ')}`;
    throw new InvalidInput('INSTRUMENT_UNKNOWN', message);
  }
  return choice.flatMap((id) => byId.get(id) ?? []);
}
