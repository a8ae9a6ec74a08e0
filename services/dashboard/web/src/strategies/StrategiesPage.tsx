import { SettingsPanel } from '../settings/SettingsPanel.tsx';
import { ScoresPanel } from './ScoresPanel.tsx';
import { StrategiesPanel } from './StrategiesPanel.tsx';

/** Who may trade, what looks best to whom, and the numbers that all go by. */
export function StrategiesPage() {
  return (
    <div className="page">
      <StrategiesPanel />
      <ScoresPanel />
      <SettingsPanel />
    </div>
  );
}
