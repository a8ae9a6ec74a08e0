import type { PortfolioPosition } from '@ballast/dashboard-server/api';
import { useState } from 'react';
import type { InstrumentInfo } from '../api/shapes.ts';
import { useAccount } from '../live/use-live.ts';
import { Age } from '../parts/Age.tsx';
import { Empty } from '../parts/Empty.tsx';
import { Panel } from '../parts/Panel.tsx';
import { PositionDialog } from './PositionDialog.tsx';
import { PositionIncidents } from './PositionIncidents.tsx';
import { type PositionChange, PositionRow } from './PositionRow.tsx';

type Asked = { readonly change: PositionChange; readonly position: PortfolioPosition };

const PORTFOLIO_LATE_MS = 3_000;

/** What is held now, as the gateway reckons it each second. */
export function PositionsPanel({ instruments }: { instruments: readonly InstrumentInfo[] }) {
  const portfolio = useAccount()?.portfolio ?? null;
  const [asked, setAsked] = useState<Asked | null>(null);
  const positions = portfolio?.positions ?? [];
  return (
    <Panel
      title={`Positions${positions.length === 0 ? '' : ` (${positions.length})`}`}
      className="positions"
      aside={
        <span className="live">
          <Age at={portfolio?.asOf} lateMs={PORTFOLIO_LATE_MS} label="reckoned " />
        </span>
      }
      testId="positions"
    >
      <PositionIncidents />
      {positions.length === 0 ? (
        <Empty>
          {portfolio === null
            ? 'Unknown: the gateway has not told them yet, or they cannot be read.'
            : 'No trade holds a position.'}
        </Empty>
      ) : (
        <table className="data-table">
          <PositionsHead currency={portfolio?.currency} />
          <tbody>
            {positions.map((position) => (
              <PositionRow
                key={position.tradeId}
                position={position}
                instrument={instruments.find((item) => item.id === position.instrument)}
                onChange={(change) => setAsked({ change, position })}
              />
            ))}
          </tbody>
        </table>
      )}
      {asked !== null && (
        <PositionDialog
          {...asked}
          instrument={instruments.find((item) => item.id === asked.position.instrument)}
          onClose={() => setAsked(null)}
        />
      )}
    </Panel>
  );
}

function PositionsHead({ currency }: { currency: string | null | undefined }) {
  return (
    <thead>
      <tr>
        <th scope="col">Instrument</th>
        <th scope="col">Direction</th>
        <th scope="col" className="num">
          Quantity
        </th>
        <th scope="col" className="num">
          Entry
        </th>
        <th scope="col" className="num">
          Mark
        </th>
        <th scope="col" className="num">
          Unrealised {currency}
        </th>
        <th scope="col" className="num">
          R
        </th>
        <th scope="col" className="num">
          Stop
        </th>
        <th scope="col" className="num">
          To stop
        </th>
        <th scope="col" className="num">
          Target
        </th>
        <th scope="col">
          <span className="unseen">Change</span>
        </th>
      </tr>
    </thead>
  );
}
