import {
  IconActivity,
  IconBulb,
  IconChartCandle,
  IconDatabase,
  IconList,
  IconTargetArrow,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { trpc } from '../api/trpc.ts';

const PAGES = [
  { to: '/', label: 'Trade', Icon: IconChartCandle },
  { to: '/trades', label: 'Trades', Icon: IconList },
  { to: '/strategies', label: 'Strategies', Icon: IconTargetArrow },
  { to: '/signals', label: 'Signals', Icon: IconBulb },
  { to: '/data', label: 'Data', Icon: IconDatabase },
  { to: '/health', label: 'Health', Icon: IconActivity },
] as const;

const INCIDENTS_REFRESH_MS = 5_000;

/** In the header on a wide screen, at the bottom under the thumb on a phone. */
export function Navigation({ place }: { place: 'top' | 'bottom' }) {
  const incidents = useQuery({
    ...trpc.incidents.open.queryOptions(),
    refetchInterval: INCIDENTS_REFRESH_MS,
  });
  const open = incidents.data?.length ?? 0;
  return (
    <nav className={`nav nav-${place}`} aria-label={place === 'top' ? 'Pages' : 'Pages (phone)'}>
      {PAGES.map(({ to, label, Icon }) => (
        <Link
          key={to}
          to={to}
          className="nav-link"
          activeProps={{ className: 'nav-active', 'aria-current': 'page' }}
          activeOptions={{ exact: to === '/', includeSearch: false }}
        >
          <Icon size={18} stroke={1.7} aria-hidden="true" />
          {label}
          {to === '/health' && open > 0 && (
            <span className="nav-count">
              {open}
              <span className="unseen"> open incidents</span>
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}
