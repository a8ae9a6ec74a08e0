import { IconActivity, IconBulb, IconChartCandle, IconList } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';

const PAGES = [
  { to: '/', label: 'Trade', Icon: IconChartCandle },
  { to: '/trades', label: 'Trades', Icon: IconList },
  { to: '/signals', label: 'Signals', Icon: IconBulb },
  { to: '/health', label: 'Health', Icon: IconActivity },
] as const;

/** In the header on a wide screen, at the bottom under the thumb on a phone. */
export function Navigation({ place }: { place: 'top' | 'bottom' }) {
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
        </Link>
      ))}
    </nav>
  );
}
