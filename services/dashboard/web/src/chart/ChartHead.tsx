import { QUOTE_STALE_AFTER_MS } from '@ballast/domain';
import type { InstrumentInfo } from '../api/shapes.ts';
import { decimalsOf, fixed, percentChange } from '../format/number.ts';
import { utcTime } from '../format/time.ts';
import { useQuote } from '../live/use-live.ts';
import { Age } from '../parts/Age.tsx';
import { Signed } from '../parts/Signed.tsx';

/** Last price with its change and age, over the chart. */
export function ChartHead({ instrument }: { instrument: InstrumentInfo }) {
  const quote = useQuote(instrument.id);
  const { window } = instrument;
  return (
    <span className="chart-head">
      <span className="chart-last num live" data-testid="chart-last">
        {fixed(quote?.last, decimalsOf(instrument.tickSize))}
        <span className="unit">{instrument.quoteCurrency}</span>
      </span>
      <span className="live">
        <Signed value={percentChange(window?.open, quote?.last)} decimals={2} unit="%" />
      </span>
      {window !== null && (
        <span className="dim chart-since">since {utcTime(window.since).slice(0, 5)} UTC</span>
      )}
      <span className="dim">1 m bars</span>
      <span className="live">
        <Age at={quote?.receivedTime} deadMs={QUOTE_STALE_AFTER_MS} />
      </span>
    </span>
  );
}
