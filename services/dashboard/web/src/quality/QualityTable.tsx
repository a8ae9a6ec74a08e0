import { symbolOf } from '@ballast/domain';
import type { QualityInfo } from '../api/shapes.ts';
import { count } from '../format/number.ts';
import { utcDayTime, utcTime } from '../format/time.ts';
import { ruleText, WHOLE_FEED } from './rule-text.ts';

type QualityRow = QualityInfo['records'][number];

/** What broke a rule, the newest first; times are UTC. */
export function QualityTable({ records }: { records: readonly QualityRow[] }) {
  return (
    <table className="data-table quality-table" data-testid="quality-records">
      <thead>
        <tr>
          <th scope="col">Found (UTC)</th>
          <th scope="col">What was wrong</th>
          <th scope="col">Instrument</th>
          <th scope="col">Source</th>
          <th scope="col">From, to (UTC)</th>
          <th scope="col" className="num">
            Times
          </th>
          <th scope="col">First of them</th>
        </tr>
      </thead>
      <tbody className="live">
        {records.map((record) => (
          <tr key={record.id} data-testid={`quality-${record.rule}`}>
            <td data-label="Found (UTC)" className="num-left">
              {utcDayTime(record.foundAt)}
            </td>
            <td data-label="What was wrong">
              {ruleText(record.rule)} <span className="dim quality-code">{record.rule}</span>
            </td>
            <td data-label="Instrument">
              <Whose instrument={record.instrument} />
            </td>
            <td data-label="Source">{record.source}</td>
            <td data-label="From, to (UTC)" className="num-left">
              {utcTime(record.fromTime)} – {utcTime(record.toTime)}
            </td>
            <td data-label="Times" className="num">
              {count(record.count)}
            </td>
            <td data-label="First of them" className="inputs">
              <details>
                <summary>as it came</summary>
                <pre className="quality-evidence">{record.evidence}</pre>
              </details>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** With the venue: two of them may have one symbol. */
function Whose({ instrument }: { instrument: string }) {
  if (instrument === WHOLE_FEED) return 'whole feed';
  return (
    <>
      {symbolOf(instrument)}{' '}
      <span className="dim coverage-venue">{instrument.slice(0, instrument.indexOf(':'))}</span>
    </>
  );
}
