import type { Bar, DataSource, Instrument, PublicTrade, Quote } from '@ballast/domain';
import type { FeedEvent } from '@ballast/feeds';
import { EventTimes, type Timed } from './event-times.ts';
import { isAway, LastPrices } from './other-spike.ts';
import { OwnSpikeRule } from './own-spike.ts';
import { barRule, isPositive, QuoteRule } from './price-rules.ts';
import type { QualityRule } from './quality-rules.ts';
import { SeenIds } from './seen-ids.ts';
import { StuckRule } from './stuck.ts';

/** Further apart than this, the source's time says nothing of when something was. */
const CLOCKS_APART_MAX_MS = 86_400_000;

type Told = (rule: QualityRule, at: number, evidence: unknown) => void;
type Correction = Extract<FeedEvent, { kind: 'correction' }>;
type Book = Extract<FeedEvent, { kind: 'book' }>;
type PriceUpdate = Extract<FeedEvent, { kind: 'price' }>;

/** What one source tells of one instrument, held against every rule. */
export class SymbolWatch {
  readonly #source: DataSource;
  readonly #tell: Told;
  /** All sources of the instrument, this one too. */
  readonly #peers: readonly SymbolWatch[];
  readonly #tradeTimes = new EventTimes();
  readonly #quoteTimes = new EventTimes();
  readonly #quotes = new QuoteRule();
  readonly #stuck: StuckRule;
  readonly #prices = new LastPrices();
  readonly #ownSpikes = new OwnSpikeRule();
  #ids: SeenIds | null = null;

  constructor(
    source: DataSource,
    { session }: Pick<Instrument, 'session'>,
    peers: readonly SymbolWatch[],
    tell: Told,
  ) {
    this.#source = source;
    this.#peers = peers;
    this.#tell = tell;
    this.#stuck = new StuckRule(session);
  }

  onTrade(trade: PublicTrade): void {
    this.#ids ??= new SeenIds();
    // Said before, so judged before.
    if (this.#ids.repeats(trade.venueTradeId)) return this.#broke('TRADE_REPEATED', trade, trade);
    const price = Number(trade.price);
    if (!(price > 0)) return this.#broke('PRICE_NOT_POSITIVE', trade, trade);
    if (!isPositive(trade.quantity)) return this.#broke('QUANTITY_NOT_POSITIVE', trade, trade);
    this.#stuck.onTrade(trade);
    const late = this.#tradeTimes.judge(trade);
    if (late !== null) return this.#broke(late, trade, trade);
    this.#judgePrice(trade, price);
  }

  onQuote(quote: Quote): void {
    const wrong = this.#quotes.judge(quote);
    if (wrong !== null) this.#broke(wrong, quote, quote);
    const late = this.#quoteTimes.judge(quote);
    if (late !== null) this.#broke(late, quote, quote);
    const stuck = this.#stuck.onQuote(quote);
    if (stuck !== null) this.#broke(stuck.rule, quote, { quote, ...stuck });
  }

  onBar(bar: Bar): void {
    const wrong = barRule(bar);
    if (wrong !== null) this.#tell(wrong, bar.openTime, bar);
  }

  onPrice(update: PriceUpdate): void {
    if (!isPositive(update.price)) this.#broke('PRICE_NOT_POSITIVE', update, update);
  }

  onCorrection(correction: Correction): void {
    const { trade } = correction;
    if (trade === null) return;
    if (!isPositive(trade.price)) this.#broke('PRICE_NOT_POSITIVE', correction, correction);
    if (!isPositive(trade.quantity)) this.#broke('QUANTITY_NOT_POSITIVE', correction, correction);
  }

  /** The first level alone: the others are none of a quote. */
  onBook(book: Book): void {
    const [bid, ask] = [book.bids[0], book.asks[0]];
    if (bid === undefined || ask === undefined || !(Number(bid[0]) > Number(ask[0]))) return;
    this.#broke('CROSSED_QUOTE', book, { bid, ask, sequence: book.sequence });
  }

  onGap(gap: Extract<FeedEvent, { kind: 'gap' }>): void {
    this.#tell('SEQUENCE_GAP', gap.from ?? gap.receivedTime, gap);
  }

  /** Against another source where one is fresh, else against the prints before. */
  #judgePrice(trade: PublicTrade, price: number): void {
    let isCompared = false;
    if (this.#peers.length > 1) {
      for (const peer of this.#peers) {
        if (peer === this) continue;
        const other = peer.#prices.price(trade);
        if (other === 0) continue;
        isCompared = true;
        if (!isAway(price, other)) continue;
        const against = { source: peer.#source, price: other };
        this.#broke('SPIKE_OTHER_SOURCE', trade, { trade, other: against });
      }
    }
    this.#prices.add(price, trade);
    const spike = this.#ownSpikes.judge(trade, price);
    if (spike !== null && !isCompared) this.#broke('SPIKE_OWN_TRADES', spike.trade, spike);
  }

  #broke(rule: QualityRule, { eventTime, receivedTime }: Timed, evidence: unknown): void {
    const isUsable =
      rule !== 'TIME_AHEAD' && Math.abs(eventTime - receivedTime) < CLOCKS_APART_MAX_MS;
    this.#tell(rule, isUsable ? eventTime : receivedTime, evidence);
  }
}
