import { FeedPanel } from './FeedPanel.tsx';
import { IncidentsPanel } from './IncidentsPanel.tsx';
import { ServicesPanel } from './ServicesPanel.tsx';

export function HealthPage() {
  return (
    <div className="page">
      <IncidentsPanel />
      <ServicesPanel />
      <FeedPanel />
    </div>
  );
}
