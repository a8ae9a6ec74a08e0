import {
  type BarState,
  BAR_STATES,
  BUILT_FROM,
  type BuiltFrom,
  DATA_SOURCES,
  type DataSource,
} from './bars/bar.ts';
import { TIMEFRAMES, type Timeframe } from './bars/timeframe.ts';
import { InvalidInput } from './errors.ts';
import type { InstrumentId } from './instrument.ts';
import type { MarketEvent, Side } from './market-data.ts';

const FIELD = '\t';
const ROW = '\n';

/**
 * Many events as one text: a row per event, tab between fields. One Redis entry carries what one
 * turn of the event loop has gathered, since the cost per entry, not per byte, is what limits the
 * stream (docs/performance.md).
 */
export function packMarketEvents(events: readonly MarketEvent[]): string {
  return events.map(packOne).join(ROW);
}

function packOne(event: MarketEvent): string {
  switch (event.kind) {
    case 'trade': {
      const t = event.trade;
      return `T\t${t.instrument}\t${t.venueTradeId}\t${t.price}\t${t.quantity}\t${t.takerSide ?? ''}\t${t.eventTime}\t${t.receivedTime}\t${t.source}`;
    }
    case 'quote': {
      const q = event.quote;
      return `Q\t${q.instrument}\t${q.bid}\t${q.bidQuantity}\t${q.ask}\t${q.askQuantity}\t${q.last}\t${q.eventTime}\t${q.receivedTime}\t${q.source}`;
    }
    case 'bar': {
      const b = event.bar;
      return `B\t${b.instrument}\t${b.timeframe}\t${b.openTime}\t${b.open}\t${b.high}\t${b.low}\t${b.close}\t${b.volume}\t${b.tradeCount}\t${b.state}\t${b.source}\t${b.builtFrom}\t${b.missing}`;
    }
    default:
      return event satisfies never;
  }
}

/**
 * Reverse of packMarketEvents. @throws InvalidInput MARKET_ROW_MALFORMED: our own producer wrote
 * it, so it is a bug.
 */
export function unpackMarketEvents(text: string): MarketEvent[] {
  return text === '' ? [] : text.split(ROW).map(unpackOne);
}

function unpackOne(row: string): MarketEvent {
  const fields = row.split(FIELD);
  const at = (index: number): string => {
    const field = fields[index];
    if (field === undefined) throw malformed(row);
    return field;
  };
  const instrument = at(1) as InstrumentId;
  if (fields[0] === 'T' && fields.length === 9) {
    return {
      kind: 'trade',
      trade: {
        instrument,
        venueTradeId: at(2),
        price: at(3),
        quantity: at(4),
        takerSide: side(at(5), row),
        eventTime: Number(at(6)),
        receivedTime: Number(at(7)),
        source: oneOf<DataSource>(DATA_SOURCES, at(8), row),
      },
    };
  }
  if (fields[0] === 'Q' && fields.length === 10) {
    return {
      kind: 'quote',
      quote: {
        instrument,
        bid: at(2),
        bidQuantity: at(3),
        ask: at(4),
        askQuantity: at(5),
        last: at(6),
        eventTime: Number(at(7)),
        receivedTime: Number(at(8)),
        source: oneOf<DataSource>(DATA_SOURCES, at(9), row),
      },
    };
  }
  if (fields[0] === 'B' && fields.length === 14) {
    return {
      kind: 'bar',
      bar: {
        instrument,
        timeframe: oneOf<Timeframe>(TIMEFRAMES, at(2), row),
        openTime: Number(at(3)),
        open: at(4),
        high: at(5),
        low: at(6),
        close: at(7),
        volume: at(8),
        tradeCount: Number(at(9)),
        state: oneOf<BarState>(BAR_STATES, at(10), row),
        source: oneOf<DataSource>(DATA_SOURCES, at(11), row),
        builtFrom: oneOf<BuiltFrom>(BUILT_FROM, at(12), row),
        missing: Number(at(13)),
      },
    };
  }
  throw malformed(row);
}

function side(text: string, row: string): Side | null {
  if (text === '') return null;
  if (text === 'buy' || text === 'sell') return text;
  throw malformed(row);
}

function oneOf<T extends string>(known: readonly T[], text: string, row: string): T {
  const found = known.find((one) => one === text);
  if (found === undefined) throw malformed(row);
  return found;
}

function malformed(row: string): InvalidInput {
  return new InvalidInput(
    'MARKET_ROW_MALFORMED',
    `market row not understood: "${row.slice(0, 80)}"`,
  );
}
