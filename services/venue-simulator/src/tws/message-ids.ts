/** Requests that this front end knows, by their number on the wire. */
export const REQUEST_NAMES: ReadonlyMap<number, RequestName> = new Map([
  [1, 'REQ_MKT_DATA'],
  [2, 'CANCEL_MKT_DATA'],
  [3, 'PLACE_ORDER'],
  [4, 'CANCEL_ORDER'],
  [5, 'REQ_OPEN_ORDERS'],
  [6, 'REQ_ACCOUNT_DATA'],
  [7, 'REQ_EXECUTIONS'],
  [8, 'REQ_IDS'],
  [9, 'REQ_CONTRACT_DATA'],
  [14, 'SET_SERVER_LOGLEVEL'],
  [15, 'REQ_AUTO_OPEN_ORDERS'],
  [16, 'REQ_ALL_OPEN_ORDERS'],
  [17, 'REQ_MANAGED_ACCTS'],
  [20, 'REQ_HISTORICAL_DATA'],
  [25, 'CANCEL_HISTORICAL_DATA'],
  [49, 'REQ_CURRENT_TIME'],
  [58, 'REQ_GLOBAL_CANCEL'],
  [59, 'REQ_MARKET_DATA_TYPE'],
  [61, 'REQ_POSITIONS'],
  [62, 'REQ_ACCOUNT_SUMMARY'],
  [63, 'CANCEL_ACCOUNT_SUMMARY'],
  [64, 'CANCEL_POSITIONS'],
  [71, 'START_API'],
  [97, 'REQ_TICK_BY_TICK_DATA'],
  [98, 'CANCEL_TICK_BY_TICK_DATA'],
  [99, 'REQ_COMPLETED_ORDERS'],
]);

export type RequestName =
  | 'REQ_MKT_DATA'
  | 'CANCEL_MKT_DATA'
  | 'PLACE_ORDER'
  | 'CANCEL_ORDER'
  | 'REQ_OPEN_ORDERS'
  | 'REQ_ACCOUNT_DATA'
  | 'REQ_EXECUTIONS'
  | 'REQ_IDS'
  | 'REQ_CONTRACT_DATA'
  | 'SET_SERVER_LOGLEVEL'
  | 'REQ_AUTO_OPEN_ORDERS'
  | 'REQ_ALL_OPEN_ORDERS'
  | 'REQ_MANAGED_ACCTS'
  | 'REQ_HISTORICAL_DATA'
  | 'CANCEL_HISTORICAL_DATA'
  | 'REQ_CURRENT_TIME'
  | 'REQ_GLOBAL_CANCEL'
  | 'REQ_MARKET_DATA_TYPE'
  | 'REQ_POSITIONS'
  | 'REQ_ACCOUNT_SUMMARY'
  | 'CANCEL_ACCOUNT_SUMMARY'
  | 'CANCEL_POSITIONS'
  | 'START_API'
  | 'REQ_TICK_BY_TICK_DATA'
  | 'CANCEL_TICK_BY_TICK_DATA'
  | 'REQ_COMPLETED_ORDERS';

/** Messages to the client, by their number on the wire. */
export const PUSH = {
  tickPrice: 1,
  tickSize: 2,
  orderStatus: 3,
  error: 4,
  openOrder: 5,
  accountValue: 6,
  portfolioValue: 7,
  accountUpdateTime: 8,
  nextValidId: 9,
  contractData: 10,
  executionData: 11,
  managedAccounts: 15,
  historicalData: 17,
  currentTime: 49,
  contractDataEnd: 52,
  openOrderEnd: 53,
  accountDownloadEnd: 54,
  executionDataEnd: 55,
  tickSnapshotEnd: 57,
  marketDataType: 58,
  commissionReport: 59,
  position: 61,
  positionEnd: 62,
  accountSummary: 63,
  accountSummaryEnd: 64,
  tickRequestParameters: 81,
  tickByTick: 99,
  completedOrder: 101,
  completedOrdersEnd: 102,
} as const;
