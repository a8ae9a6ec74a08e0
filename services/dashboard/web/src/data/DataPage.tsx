import { JobsPanel } from '../jobs/JobsPanel.tsx';
import { QualityPanel } from '../quality/QualityPanel.tsx';
import { CoveragePanel } from './CoveragePanel.tsx';
import { MarketDataPanel } from './MarketDataPanel.tsx';

/** How the live data comes in, which bars should be stored and are not, and what data is bad. */
export function DataPage() {
  return (
    <div className="page">
      <MarketDataPanel />
      <CoveragePanel />
      <JobsPanel />
      <QualityPanel />
    </div>
  );
}
