import { ENTRY } from './sample-orders.fixture.ts';
import { CODE } from './scripted-tws.fixture.ts';

type Field = string | number;
type Change = Readonly<Record<string, Field>>;

/** 133 fields by their place; the rest is empty, which is allowed where it is not needed here. */
export function openOrder(change: Change = {}): Field[] {
  const given = { ...ORDER, ...change };
  const fields = Array.from<Field>({ length: 133 }).fill('');
  const put = (place: number, value: Field | undefined) => {
    fields[place] = value ?? '';
  };
  put(0, 5);
  put(1, given.orderId);
  put(2, 265_598);
  put(3, given.symbol);
  put(4, given.secType);
  put(9, 'SMART');
  put(10, given.currency);
  put(13, given.action);
  put(14, given.quantity);
  put(15, 'LMT');
  put(16, 200);
  put(18, 'GTC');
  put(20, given.account);
  put(23, given.orderRef);
  put(24, given.clientId);
  put(25, given.permId);
  put(41, -1);
  put(81, 0);
  put(85, given.status);
  put(102, 0);
  return fields;
}

const ORDER = {
  orderId: 11,
  permId: 900,
  clientId: 7,
  orderRef: ENTRY,
  symbol: 'AAPL',
  secType: 'STK',
  currency: 'USD',
  action: 'BUY',
  quantity: 10,
  account: CODE,
  status: 'Submitted',
};

export function orderStatus(change: Change = {}): Field[] {
  const given = {
    orderId: 11,
    status: 'Submitted',
    filled: 0,
    permId: 900,
    clientId: 7,
    ...change,
  };
  const { orderId, status, filled, permId, clientId } = given;
  return [3, orderId, status, filled, 10, 0, permId, 0, 0, clientId, '', 0];
}

export function execDetails(change: Change = {}): Field[] {
  const given = {
    requestId: -1,
    orderId: 11,
    symbol: 'AAPL',
    secType: 'STK',
    execId: '0000e0d5.6568c5a7.01.01',
    time: '20261120 14:00:00 UTC',
    account: CODE,
    side: 'BOT',
    shares: 10,
    price: 200.01,
    permId: 900,
    clientId: 7,
    orderRef: ENTRY,
    ...change,
  };
  const contract = [given.symbol, given.secType, '', 0, '', '', 'NASDAQ', 'USD', 'AAPL', 'NMS'];
  const { execId, time, account, side, shares, price, permId, clientId, orderRef } = given;
  const told = [execId, time, account, 'NASDAQ', side, shares, price, permId, clientId, 0];
  const rest = [shares, price, orderRef, '', '', '', 2, 0];
  return [11, given.requestId, given.orderId, 265_598, ...contract, ...told, ...rest];
}

export function commission(execId: string, fee: Field): Field[] {
  return [59, 1, execId, fee, 'USD', '1.7976931348623157E308', '1.7976931348623157E308', ''];
}

export const fault = (id: number, code: number, text = 'said so'): Field[] => [
  4,
  2,
  id,
  code,
  text,
  '',
];
