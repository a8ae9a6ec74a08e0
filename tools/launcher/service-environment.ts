import { join } from 'node:path';

/** What a service may see of the operator's environment: where things are, and whom to trust. */
const PASSED_ON = [
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  // The operator's own settings; docs/configuration.md lists them.
  'BALLAST_LOG_LEVEL',
  'BALLAST_STALE_AFTER_MS',
  'BALLAST_STRATEGY_COOLDOWN_MS',
  'BALLAST_STRATEGY_RISK_FRACTION',
  'BALLAST_SWEEP_EVERY_MS',
  'BALLAST_PAGE_URL',
  'BALLAST_BARS_KEPT',
  'BALLAST_MICROSTRUCTURE_KEPT',
  'BALLAST_QUALITY_KEPT',
  'BALLAST_DASHBOARD_PUBLIC_URL',
  'BALLAST_BACKTEST_WORKERS',
  'BALLAST_BACKTEST_MEMORY_MB',
  'BALLAST_BACKTEST_NICE',
];

export function inheritedEnvironment(dataDir: string): Record<string, string> {
  const environment: Record<string, string> = {
    // One that is given is shared with other platforms, as the test run does.
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(dataDir, 'compile-cache'),
  };
  for (const name of PASSED_ON) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return environment;
}
