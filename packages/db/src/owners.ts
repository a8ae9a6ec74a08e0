/**
 * The one service that may write each table; everybody else reads, but for READERS.
 * Roles and grants are made from this.
 */
export const TABLE_OWNERS = {
  instruments: 'market-data',
  bars: 'market-data',
  bar_corrections: 'market-data',
  bar_coverage: 'market-data',
  bar_gaps: 'market-data',
  feed_fences: 'market-data',
  quality_records: 'market-data',
  microstructure: 'market-data',
  data_jobs: 'market-data',
  data_commands: 'market-data',
  data_refusals: 'market-data',
  universe_changes: 'market-data',
  watchlists: 'market-data',
  signals: 'strategy-worker',
  blocked_signals: 'strategy-worker',
  regime_history: 'strategy-worker',
  strategy_scores: 'strategy-worker',
  backtest_runs: 'backtester',
  backtest_trades: 'backtester',
  backtest_blocked_signals: 'backtester',
  backtest_equity_curve: 'backtester',
  backtest_sweeps: 'backtester',
  backtest_sweep_rows: 'backtester',
  backtest_comparisons: 'backtester',
  signal_counterfactuals: 'backtester',
  strategy_switches: 'supervisor',
  strategy_configurations: 'supervisor',
  system_settings: 'supervisor',
  operator_passwords: 'supervisor',
  configuration_commands: 'supervisor',
  configuration_refusals: 'supervisor',
  gateway_fences: 'order-gateway',
  commands: 'order-gateway',
  command_refusals: 'order-gateway',
  trades: 'order-gateway',
  trade_events: 'order-gateway',
  orders: 'order-gateway',
  fills: 'order-gateway',
  positions: 'order-gateway',
  outbox: 'order-gateway',
  audit: 'order-gateway',
  incidents: 'order-gateway',
  pages: 'order-gateway',
  venue_oddities: 'order-gateway',
  brake_states: 'order-gateway',
  portfolio_snapshots: 'order-gateway',
  ibkr_order_ids: 'order-gateway',
} as const;

export type TableName = keyof typeof TABLE_OWNERS;
export type DatabaseRole = (typeof TABLE_OWNERS)[TableName] | 'dashboard' | 'cli';

/** Functions that do, with the rights of the database's owner, what a role may not do itself. */
export const FUNCTION_USERS: Readonly<Record<string, DatabaseRole>> = {
  'ensure_bar_partitions(bigint, bigint)': 'market-data',
  'ensure_microstructure_partitions(bigint, bigint)': 'market-data',
  'trim_bars(text, bigint, integer)': 'market-data',
  'trim_microstructure(bigint)': 'market-data',
  'trim_quality_records(bigint, integer)': 'market-data',
};

/** What became of a configuration command, for those who ask for one. */
const ANSWERED = ['id', 'producer', 'type', 'received_at'];

/** Facts that are never changed once written: the owner may insert, nobody may update or delete. */
export const APPEND_ONLY: readonly TableName[] = [
  'strategy_switches',
  'strategy_configurations',
  'system_settings',
  'regime_history',
  'operator_passwords',
  'configuration_commands',
  'configuration_refusals',
  'commands',
  'command_refusals',
  'trade_events',
  'fills',
  'audit',
  'brake_states',
  'portfolio_snapshots',
  'ibkr_order_ids',
  'blocked_signals',
  'backtest_trades',
  'backtest_blocked_signals',
  'backtest_equity_curve',
  'backtest_sweep_rows',
  'backtest_comparisons',
  'signal_counterfactuals',
  'bar_corrections',
  'microstructure',
  'data_commands',
  'data_refusals',
  'universe_changes',
];

/**
 * Tables that are not open to everybody: who reads them beside their owner, and which columns. A
 * password hash is for who checks it; what a configuration command said may be one.
 */
export const READERS: {
  readonly [T in TableName]?: { readonly [R in DatabaseRole]?: readonly string[] };
} = {
  operator_passwords: { dashboard: ['id', 'password_hash', 'effective_from', 'actor'] },
  configuration_commands: { dashboard: ANSWERED, cli: ANSWERED },
};

export const DATABASE_ROLES: readonly DatabaseRole[] = [
  'market-data',
  'strategy-worker',
  'supervisor',
  'order-gateway',
  'backtester',
  'dashboard',
  'cli',
];

/** `market-data` is the role ballast_market_data: one name that needs no quoting. */
export function roleName(role: DatabaseRole): string {
  return `ballast_${role.replaceAll('-', '_')}`;
}
