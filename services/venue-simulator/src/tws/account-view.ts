import {
  divide,
  divideScaled,
  formatScaled,
  multiplyScaled,
  roundToStep,
  parseScaled,
} from '@ballast/domain';
import { type Position, unrealisedOf, walletOf } from '@ballast/sim-core';
import type { Venue } from '../venue.ts';
import { type Contracts, contractHead, contractTail } from './contracts.ts';
import type { Frame } from './frame.ts';
import { PUSH } from './message-ids.ts';

const CENT = parseScaled('0.01');
const AVERAGE_STEP = parseScaled('0.00000001');

/** The account at one time, in this venue's tags. */
export type AccountView = {
  readonly at: number;
  readonly currency: string;
  readonly values: ReadonlyMap<string, string>;
  readonly positions: readonly Position[];
};

/** Accounts are kept in one currency. */
const CURRENCY = 'USD';

export function accountView(venue: Venue, at: number): AccountView {
  const { account } = venue;
  const wallet = walletOf(account, CURRENCY);
  const positions = [...account.positions.values()];
  let held = 0n;
  let gross = 0n;
  for (const position of positions) {
    const price = account.books.get(position.instrument)?.print.price ?? 0n;
    const value = multiplyScaled(price, position.quantity, 'halfEven');
    held += value;
    gross += value < 0n ? -value : value;
  }
  const amounts: readonly (readonly [string, bigint])[] = [
    ['NetLiquidation', wallet.equity],
    ['EquityWithLoanValue', wallet.equity],
    ['TotalCashValue', wallet.equity - held],
    ['SettledCash', wallet.equity - held],
    ['GrossPositionValue', gross],
    ['AvailableFunds', wallet.available],
    ['ExcessLiquidity', wallet.available],
    ['BuyingPower', wallet.available * 4n],
    ['InitMarginReq', wallet.positionMargin + wallet.orderMargin],
    ['MaintMarginReq', wallet.positionMargin],
    ['UnrealizedPnL', wallet.unrealised],
  ];
  const values = new Map(amounts.map(([tag, value]) => [tag, cents(value)]));
  return { at, currency: CURRENCY, values, positions };
}

const cents = (value: bigint): string => formatScaled(roundToStep(value, CENT, 'halfEven'));

function averageCost({ quantity, cost }: Position): string {
  if (quantity === 0n) return '0';
  const held = quantity < 0n ? -quantity : quantity;
  return formatScaled(roundToStep(divideScaled(cost, held, 'halfEven'), AVERAGE_STEP, 'halfEven'));
}

export function positionFrame(
  contracts: Contracts,
  position: Position,
  account: string,
): readonly Frame[] {
  const contract = contracts.byInstrument.get(position.instrument);
  if (contract === undefined) return [];
  const { quantity } = position;
  const where = [...contractHead(contract), ...contractTail(contract, '')];
  return [[PUSH.position, 3, account, ...where, formatScaled(quantity), averageCost(position)]];
}

export function portfolioFrame(
  venue: Venue,
  contracts: Contracts,
  position: Position,
  account: string,
): readonly Frame[] {
  const contract = contracts.byInstrument.get(position.instrument);
  if (contract === undefined) return [];
  const price = venue.account.books.get(position.instrument)?.print.price ?? 0n;
  const value = multiplyScaled(price, position.quantity, 'halfEven');
  const [, ...tail] = contractTail(contract, '');
  return [
    [
      PUSH.portfolioValue,
      8,
      ...contractHead(contract),
      'NASDAQ',
      ...tail,
      formatScaled(position.quantity),
      formatScaled(price),
      cents(value),
      averageCost(position),
      cents(unrealisedOf(venue.account, position)),
      cents(position.realisedCum),
      account,
    ],
  ];
}

export function valueFrames({ values, currency }: AccountView, account: string): Frame[] {
  return [...values].map(([tag, value]) => [PUSH.accountValue, 2, tag, value, currency, account]);
}

/** Epoch seconds. */
export const seconds = (at: number): number => Number(divide(BigInt(at), 1_000n, 'floor'));
