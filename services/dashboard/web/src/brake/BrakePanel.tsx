import type { VenueProgressView } from '@ballast/dashboard-server/api';
import { symbolOf } from '@ballast/domain';
import { fixed } from '../format/number.ts';
import { utcDayTime } from '../format/time.ts';
import { useAccount, useServerNow } from '../live/use-live.ts';
import { Age } from '../parts/Age.tsx';
import { Empty } from '../parts/Empty.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Tag } from '../parts/Tag.tsx';
import { nextText, stateText } from './brake-text.ts';

/** Looks come every two seconds while flattening, and every fifteen once flat. */
const LATE_MS = 20_000;
const DEAD_MS = 60_000;

/** How far each venue is, and what the brake waits for. */
export function BrakePanel() {
  const brake = useAccount()?.brake ?? null;
  const now = useServerNow();
  if (brake === null) {
    return (
      <Panel title="Brake" testId="brake-panel">
        <Empty>Its state has not arrived; it counts as engaged.</Empty>
      </Panel>
    );
  }
  const { engagedAt, verifiedFlatAt, peak, currency } = brake;
  return (
    <Panel
      title="Brake"
      aside={<Tag tone={brake.engaged ? 'bad' : 'good'}>{stateText(brake)}</Tag>}
      testId="brake-panel"
    >
      <p className="brake-reason">
        {brake.reason}
        {brake.actor !== null && ` (${brake.actor})`}. {nextText(brake, now)}
      </p>
      <p className="brake-reason">
        {engagedAt !== null && `Engaged ${utcDayTime(engagedAt)} UTC. `}
        {verifiedFlatAt !== null && `Verified flat ${utcDayTime(verifiedFlatAt)} UTC. `}
        {peak !== null && `Equity peak ${fixed(peak, 2)} ${currency ?? ''}.`}
      </p>
      {brake.engaged && brake.venues.length > 0 && (
        <table className="data-table">
          <thead>
            <tr>
              <th scope="col">Venue</th>
              <th scope="col">State</th>
              <th scope="col" className="num">
                Orders left
              </th>
              <th scope="col" className="num">
                Positions left
              </th>
              <th scope="col">What is left</th>
              <th scope="col">Last answer</th>
            </tr>
          </thead>
          <tbody>
            {brake.venues.map((venue) => (
              <VenueRow key={venue.venue} venue={venue} />
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function VenueRow({ venue }: { venue: VenueProgressView }) {
  return (
    <tr data-testid={`brake-venue-${venue.venue}`}>
      <td data-label="Venue">{venue.venue}</td>
      <td data-label="State">
        <Tag tone={venue.provenFlat ? 'good' : 'bad'}>
          {venue.provenFlat ? '✓ Flat' : 'Not flat'}
        </Tag>
      </td>
      <td data-label="Orders left" className="num">
        {venue.ordersLeft}
      </td>
      <td data-label="Positions left" className="num">
        {venue.positionsLeft.length}
      </td>
      <td data-label="What is left">{whatIsLeft(venue)}</td>
      <td data-label="Last answer">
        <Age at={venue.answeredAt} lateMs={LATE_MS} deadMs={DEAD_MS} suffix=" ago" />
      </td>
    </tr>
  );
}

function whatIsLeft(venue: VenueProgressView): string {
  const held = venue.positionsLeft.map((instrument) => {
    const foreign = venue.foreignPositions.includes(instrument);
    return foreign ? `${symbolOf(instrument)} (not ours)` : symbolOf(instrument);
  });
  const others = venue.foreignOrders === 0 ? [] : [`orders of others: ${venue.foreignOrders}`];
  const fault = venue.fault === '' ? [] : [venue.fault];
  return [...held, ...others, ...fault].join(', ') || '—';
}
