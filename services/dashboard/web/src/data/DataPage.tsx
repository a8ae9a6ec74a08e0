import { CoveragePanel } from './CoveragePanel.tsx';
import { MarketDataPanel } from './MarketDataPanel.tsx';

/** Which bars should be stored and are not, and how the live data comes in. */
export function DataPage() {
  return (
    <div className="page">
      <MarketDataPanel />
      <CoveragePanel />
    </div>
  );
}
