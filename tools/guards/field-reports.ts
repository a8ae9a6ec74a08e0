import type { FieldReport } from './field-report.ts';
import { ORDER_REPORTS } from './field-reports-orders.ts';
import { PLATFORM_REPORTS } from './field-reports-platform.ts';

/**
 * NT NautilusTrader, FT Freqtrade, HB Hummingbot, LB a brokerage plug-in of LEAN, OG OpenAlgo, HFT
 * hftbacktest.
 */
export const FIELD_REPORTS: readonly FieldReport[] = [...ORDER_REPORTS, ...PLATFORM_REPORTS];
