/** What each rule says was wrong, for a person. */
const TEXTS: ReadonlyMap<string, string> = new Map([
  ['CROSSED_QUOTE', 'Bid above ask'],
  ['PRICE_NOT_POSITIVE', 'Price zero or below'],
  ['QUANTITY_NOT_POSITIVE', 'Quantity zero or below'],
  ['HIGH_BELOW_LOW', 'Bar: high below low'],
  ['OUTSIDE_HIGH_LOW', 'Bar: open or close outside of high and low'],
  ['SPIKE_OTHER_SOURCE', 'Price away from the other source'],
  ['SPIKE_OWN_TRADES', 'Price away from the trades around it'],
  ['PRICE_STUCK', 'Quotes come, the price stands still'],
  ['TRADES_STUCK', 'Quotes move, trades have stopped'],
  ['CLOCK_SKEW', 'Clock of the source differs from ours'],
  ['SEQUENCE_GAP', 'Part of the stream lost'],
  ['TRADE_REPEATED', 'Trade told twice'],
  ['TIME_BACKWARDS', 'Time went backwards'],
  ['TIME_AHEAD', 'Dated into the future'],
  ['FEED_FRAME_MALFORMED', 'Frame could not be read'],
  ['FEED_FRAME_TOO_LARGE', 'Frame too large'],
  ['FEED_TOPIC_UNKNOWN', 'Topic that was not asked for'],
  ['FEED_SYMBOL_UNKNOWN', 'Symbol that is not known'],
  ['FEED_PRICE_INVALID', 'Price that cannot be'],
  ['FEED_OFF_TICK', 'Price between two ticks'],
  ['FEED_QUANTITY_INVALID', 'Quantity that cannot be'],
  ['FEED_TIME_INVALID', 'Time that cannot be'],
  ['FEED_FIELD_INVALID', 'Field of another kind'],
  ['FEED_DELTA_WITHOUT_SNAPSHOT', 'Change to what was never told'],
  ['FEED_SNAPSHOT_MISSING', 'No state to begin from'],
  ['FEED_SEQUENCE_REPEATED', 'Number of the stream told twice'],
  ['FEED_BOOK_CROSSED', 'Book crossed'],
  ['FEED_BOOK_TOO_DEEP', 'Book deeper than asked for'],
]);

/** The code itself where there are no words for it. */
export const ruleText = (rule: string): string => TEXTS.get(rule) ?? rule;

/** `*` stands for what is of no one instrument. */
export const WHOLE_FEED = '*';
