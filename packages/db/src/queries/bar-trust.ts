import { type SQL, sql } from 'drizzle-orm';

/**
 * Which of two bars of one time is believed; no other place decides it (decision 0016):
 *
 * 4. the venue's own: it has seen every trade, and no loss on our way is in it
 * 3. made of trades, and since corrected
 * 2. made of trades: one that was lost leaves no trace
 * 1. of the operator's file: nobody else can say where its numbers are from
 */
const trustIn = (bar: 'excluded' | 'bars'): string => `CASE
  WHEN ${bar}.source = 'import' THEN 1
  WHEN ${bar}.built_from = 'venue' THEN 4
  WHEN ${bar}.state = 'corrected' THEN 3
  ELSE 2 END`;

const NUMBERS = ['open', 'high', 'low', 'close', 'volume', 'missing'];
const columns = (bar: 'excluded' | 'bars', names: readonly string[]): string =>
  `(${names.map((name) => `${bar}.${name}`).join(', ')})`;
const differIn = (names: readonly string[]): string =>
  `${columns('excluded', names)} IS DISTINCT FROM ${columns('bars', names)}`;

/**
 * A bar made of narrower ones stands for what is stored of them: it replaces one that was made of
 * no more minutes, and a told one only when a minute was corrected.
 */
const MADE = `${differIn([...NUMBERS, 'trade_count'])} AND excluded.missing <= bars.missing
  AND (bars.built_from = 'bars' OR bars.source = 'import' OR excluded.state = 'corrected')`;

/** A file says nothing better of a wide bar than our own minutes do, unless they lack some. */
const TOLD_OVER_MADE = `${differIn(NUMBERS)} AND (excluded.source <> 'import'
  OR bars.source = 'import' OR excluded.missing < bars.missing)`;

/**
 * What another source has heard may be other trades: it corrects none of this one's, unless it says
 * that it does. What was corrected is not undone by what was told before that and comes late.
 */
const TOLD = `CASE
  WHEN ${trustIn('excluded')} > ${trustIn('bars')} THEN bars.source = 'import' OR (
    ${differIn(NUMBERS)} AND (excluded.source = bars.source OR excluded.state = 'corrected'))
  WHEN ${trustIn('excluded')} = ${trustIn('bars')} THEN ${differIn(NUMBERS)}
    AND (excluded.state <> 'closed'
      OR (excluded.source = bars.source AND bars.state <> 'corrected'))
  ELSE false END`;

/** Whether the bar that is to be stored (`excluded`) takes the place of the one that is. */
export const isBelieved: SQL = sql.raw(`CASE
  WHEN excluded.built_from = 'bars' THEN ${MADE}
  WHEN bars.built_from = 'bars' THEN ${TOLD_OVER_MADE}
  ELSE ${TOLD} END`);

/** The same where the operator has said that his file is to replace what is there. */
export const isReplaced: SQL = sql.raw(`CASE
  WHEN excluded.built_from = 'bars' THEN ${MADE} ELSE ${differIn(NUMBERS)} END`);

/**
 * A bar that was there with other numbers has been corrected, whoever noticed it; one that was made
 * of fewer minutes has become whole.
 */
export const stateAfter: SQL = sql.raw(`CASE
  WHEN 'import' IN (excluded.source, bars.source) THEN excluded.state
  WHEN excluded.missing <> bars.missing THEN excluded.state
  ELSE 'corrected' END`);
