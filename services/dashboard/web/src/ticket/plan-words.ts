import type { TradePlanWire } from '@ballast/domain';
import type { InstrumentInfo } from '../api/shapes.ts';
import { decimalsOf, fixed } from '../format/number.ts';
import { utcDayTime } from '../format/time.ts';

const HUNDRED = 100;

/** How the position is entered, to follow "Buy 1 BTC on BTCUSDT". */
export function entryWords(
  { entry, entryExpiresAt }: Pick<TradePlanWire, 'entry' | 'entryExpiresAt'>,
  instrument: InstrumentInfo,
  expected: string | null,
): string {
  const price = (text: string | null) => fixed(text, decimalsOf(instrument.tickSize));
  const until =
    typeof entryExpiresAt === 'number' ? `, until ${utcDayTime(entryExpiresAt)} UTC` : '';
  switch (entry.type) {
    case 'market':
      return `at the market, about ${price(expected)}`;
    case 'limit': {
      const maker = entry.postOnly === true ? ', as maker only' : '';
      return `at ${price(entry.price)} or better${TIME_WORDS[entry.timeInForce ?? 'gtc']}${maker}${until}`;
    }
    case 'stop':
      return `at the market once it reaches ${price(entry.triggerPrice)}${until}`;
    case 'stopLimit':
      return `once it reaches ${price(entry.triggerPrice)}, at ${price(entry.price)} or better${until}`;
    default:
      return entry satisfies never;
  }
}

const TIME_WORDS = {
  gtc: '',
  day: ', today only',
  ioc: ', at once, the rest cancelled',
  fok: ', at once and whole or not at all',
} as const;

/** How profit is taken, in one line. */
export function takeProfitWords(
  takeProfit: TradePlanWire['takeProfit'],
  instrument: InstrumentInfo,
): string {
  const price = (text: string) => fixed(text, decimalsOf(instrument.tickSize));
  switch (takeProfit.style) {
    case 'single':
      return price(takeProfit.target);
    case 'scaled': {
      const targets = takeProfit.targets.map(({ price: level, fraction }) => {
        const percent = Number((Number(fraction) * HUNDRED).toFixed(2));
        return `${percent} % at ${price(level)}`;
      });
      const after = takeProfit.breakEvenAfterFirst
        ? '; after the first the stop goes to break-even'
        : '';
      return `${targets.join(', ')}${after}`;
    }
    case 'trailing': {
      const { distance } = takeProfit;
      if (distance.by === 'amount') return `stop trails by ${price(distance.amount)}`;
      if (distance.by === 'percent') return `stop trails by ${distance.percent} %`;
      return `stop trails by ${distance.multiple} × ${price(distance.atr)}`;
    }
    default:
      return takeProfit satisfies never;
  }
}
