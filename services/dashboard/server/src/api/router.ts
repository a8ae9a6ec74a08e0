import { jobsApi } from '../jobs/jobs-api.ts';
import { universeApi, watchlistsApi } from '../universe/universe-api.ts';
import { brakeApi } from './brake-api.ts';
import { strategiesApi, systemSettingsApi } from './configuration-api.ts';
import type { Dashboard } from './dashboard.ts';
import { dataApi } from './data-api.ts';
import { marketApi } from './market-api.ts';
import { positionsApi } from './positions-api.ts';
import { settingsApi } from './settings-api.ts';
import { tradesApi } from './trades-api.ts';
import { router } from './trpc.ts';
import { watchApi } from './watch-api.ts';

export function createRouter(dashboard: Dashboard) {
  return router({
    ...marketApi(dashboard),
    ...settingsApi(dashboard),
    ...watchApi(dashboard),
    trades: tradesApi(dashboard),
    brake: brakeApi(dashboard),
    data: dataApi(dashboard),
    jobs: jobsApi(dashboard),
    positions: positionsApi(dashboard),
    strategies: strategiesApi(dashboard),
    systemSettings: systemSettingsApi(dashboard),
    universe: universeApi(dashboard),
    watchlists: watchlistsApi(dashboard),
  });
}

export type AppRouter = ReturnType<typeof createRouter>;

export type { LiveMessage } from '../live/live-stream.ts';
export type { AccountView } from '../live/account-watch.ts';
export type { CellReason, CellView } from '../coverage/cell-view.ts';
export type { JobView } from '../jobs/job-view.ts';
export type { BrakeView, VenueProgressView } from '../live/brake-view.ts';
export type { PortfolioPosition } from '../live/portfolio.ts';
export type { SessionView } from '../session/view.ts';
export type { TimelineRow } from '../timeline/timeline-row.ts';
export type { PlanPreview } from './preview.ts';
export type { CommandStatus } from '../commands/command-status.ts';
