import { formatScaled, type Instrument } from '@ballast/domain';
import type { Market } from '../market.ts';
import type { Venue } from '../venue.ts';
import type { Frame } from './frame.ts';
import { PUSH } from './message-ids.ts';
import { noSecurity } from './refusal.ts';

const FIRST_CONTRACT_ID = 265_598;

/** A stock of this venue under its contract id. */
export type Contract = {
  readonly conId: number;
  readonly symbol: string;
  readonly currency: string;
  readonly instrument: Instrument;
  readonly market: Market;
};

export type Contracts = {
  readonly byInstrument: ReadonlyMap<string, Contract>;
  /**
   * By contract id, or by symbol where that is 0 or empty.
   * @throws TwsRefusal 200
   */
  find(asked: AskedContract): Contract;
};

export type AskedContract = {
  readonly conId: string;
  readonly symbol: string;
  readonly secType: string;
  readonly currency: string;
};

export function openContracts(venue: Venue): Contracts {
  const all = [...venue.markets.values()].map((market, index): Contract => {
    const { instrument } = market;
    // A share class is written with a blank here: `BRK B`.
    const symbol = market.symbol.replaceAll('.', ' ');
    const conId = FIRST_CONTRACT_ID + index;
    return { conId, symbol, currency: instrument.quoteCurrency, instrument, market };
  });
  return {
    byInstrument: new Map(all.map((contract) => [contract.instrument.id, contract])),
    find({ conId, symbol, secType, currency }) {
      const named = conId !== '' && conId !== '0';
      const found = all.find((contract) =>
        named
          ? String(contract.conId) === conId && (symbol === '' || symbol === contract.symbol)
          : contract.symbol === symbol && secType === 'STK',
      );
      const fits = currency === '' || currency === found?.currency;
      if (found === undefined || !fits) throw noSecurity();
      return found;
    },
  };
}

/** conId, symbol, secType, expiry, strike, right, multiplier: how most messages begin. */
export function contractHead({ conId, symbol }: Contract): Frame {
  return [conId, symbol, 'STK', '', 0, '', ''];
}

/** exchange, currency, localSymbol, tradingClass */
export function contractTail({ symbol, currency }: Contract, exchange: string): Frame {
  return [exchange, currency, symbol, 'NMS'];
}

export function contractDataFrame(reqId: string, contract: Contract): Frame {
  const { conId, symbol, currency, instrument } = contract;
  const lot = formatScaled(instrument.lotSize);
  const head = [PUSH.contractData, reqId, symbol, 'STK', '', '', 0, '', 'SMART', currency, symbol];
  const market = ['NMS', 'NMS', conId, formatScaled(instrument.tickSize), ''];
  const trading = ['LMT,MKT,STP,STPLMT', 'SMART,NASDAQ', 1, 0, symbol, 'NASDAQ'];
  const industry = instrument.sector ?? '';
  const classes = ['', industry, '', '', 'UTC', '', '', '', '', 0, 1, '', '', '26', '', 'COMMON'];
  return [...head, ...market, ...trading, ...classes, lot, lot, lot, 0];
}
