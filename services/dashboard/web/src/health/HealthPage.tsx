import { BrakePanel } from '../brake/BrakePanel.tsx';
import { FeedPanel } from './FeedPanel.tsx';
import { IncidentsPanel } from './IncidentsPanel.tsx';
import { OdditiesPanel } from './OdditiesPanel.tsx';
import { ServicesPanel } from './ServicesPanel.tsx';

export function HealthPage() {
  return (
    <div className="page">
      <BrakePanel />
      <IncidentsPanel />
      <OdditiesPanel />
      <ServicesPanel />
      <FeedPanel />
    </div>
  );
}
