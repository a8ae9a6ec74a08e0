import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { z } from 'zod';
import { TradePage } from '../trade-page/TradePage.tsx';
import { NotFound } from './NotFound.tsx';
import { Shell } from './Shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const trade = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: TradePage,
  validateSearch: z.object({ instrument: z.string().max(64).optional().catch(undefined) }),
});
const trades = createRoute({
  getParentRoute: () => root,
  path: '/trades',
  component: lazyRouteComponent(() => import('../trades/TradesPage.tsx'), 'TradesPage'),
  validateSearch: z.object({ show: z.enum(['all', 'open']).optional().catch(undefined) }),
});
const tradeDetail = createRoute({
  getParentRoute: () => root,
  path: '/trades/$tradeId',
  component: lazyRouteComponent(() => import('../trades/TradeDetailPage.tsx'), 'TradeDetailPage'),
});
const signals = createRoute({
  getParentRoute: () => root,
  path: '/signals',
  component: lazyRouteComponent(() => import('../signals/SignalsPage.tsx'), 'SignalsPage'),
});
const strategies = createRoute({
  getParentRoute: () => root,
  path: '/strategies',
  component: lazyRouteComponent(() => import('../strategies/StrategiesPage.tsx'), 'StrategiesPage'),
});
const data = createRoute({
  getParentRoute: () => root,
  path: '/data',
  component: lazyRouteComponent(() => import('../data/DataPage.tsx'), 'DataPage'),
});
const health = createRoute({
  getParentRoute: () => root,
  path: '/health',
  component: lazyRouteComponent(() => import('../health/HealthPage.tsx'), 'HealthPage'),
});
const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  beforeLoad: () => redirect({ to: '/', throw: true }),
});

export const appRouter = createRouter({
  routeTree: root.addChildren([
    trade,
    trades,
    tradeDetail,
    strategies,
    signals,
    data,
    health,
    login,
  ]),
  defaultPreload: 'intent',
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof appRouter;
  }
}
