import { useAccount } from '../live/use-live.ts';
import { Panel } from '../parts/Panel.tsx';
import { ServiceRow } from './ServiceRow.tsx';

/** A service that has never been heard is listed too: absence is the worst state of all. */
const EXPECTED = ['market-data', 'order-gateway', 'strategy-worker', 'supervisor'];

export function ServicesPanel() {
  const account = useAccount();
  const beats = account?.heartbeats ?? [];
  const others = beats.map((beat) => beat.service).filter((name) => !EXPECTED.includes(name));
  return (
    <Panel title="Services" aside="heartbeats" testId="services">
      <table className="data-table">
        <thead>
          <tr>
            <th scope="col">Service</th>
            <th scope="col" className="num">
              Heartbeat
            </th>
            <th scope="col" className="num">
              Up for
            </th>
            <th scope="col">Version</th>
            <th scope="col" className="num">
              Loop delay p99
            </th>
            <th scope="col" className="num">
              Process
            </th>
            <th scope="col">Counts</th>
          </tr>
        </thead>
        <tbody>
          {[...EXPECTED, ...others].map((service) => (
            <ServiceRow
              key={service}
              service={service}
              beat={beats.find((beat) => beat.service === service)}
            />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}
