import { Link } from '@tanstack/react-router';
import { Empty } from '../parts/Empty.tsx';

export function NotFound() {
  return (
    <Empty>
      There is no such page. <Link to="/">Go to trading</Link>
    </Empty>
  );
}
