import { QUOTE_STALE_AFTER_MS } from '@ballast/domain';
import type { InstrumentInfo } from '../api/shapes.ts';
import { decimalsOf, fixed, percentChange } from '../format/number.ts';
import { utcTime } from '../format/time.ts';
import { useQuote } from '../live/use-live.ts';
import { Age } from '../parts/Age.tsx';
import { Signed } from '../parts/Signed.tsx';
import { spreadBasisPoints } from './spread.ts';

type Props = {
  instrument: InstrumentInfo;
  /** Place among all rows, with the head as the first. */
  index: number;
  selected: boolean;
  isTabStop: boolean;
  onSelect: (id: string) => void;
};

export function WatchRow({ instrument, index, selected, isTabStop, onSelect }: Props) {
  const quote = useQuote(instrument.id);
  const decimals = decimalsOf(instrument.tickSize);
  const { window } = instrument;
  const change = percentChange(window?.open, quote?.last);
  const since = window === null ? '' : `since ${utcTime(window.since).slice(0, 5)} UTC`;
  return (
    <tr
      className={selected ? 'watch-row watch-selected' : 'watch-row'}
      aria-rowindex={index}
      onClick={() => onSelect(instrument.id)}
      data-testid={`watch-row-${instrument.symbol}`}
    >
      <td>
        <button
          type="button"
          className="watch-symbol"
          aria-pressed={selected}
          tabIndex={isTabStop ? 0 : -1}
          data-instrument={instrument.id}
          title={instrument.symbol}
        >
          {instrument.symbol}
        </button>
        <span className="watch-second live">
          {instrument.listed ? (
            <Age at={quote?.receivedTime} deadMs={QUOTE_STALE_AFTER_MS} />
          ) : (
            <span className="age age-dead">✕ not listed</span>
          )}
        </span>
      </td>
      <td className="num live">
        <span className="watch-last">{fixed(quote?.last, decimals)}</span>
        <span className="watch-second">
          <span className="unseen">bid </span>
          {fixed(quote?.bid, decimals)}
          <span className="unseen">, ask </span>
          <span aria-hidden="true"> / </span>
          {fixed(quote?.ask, decimals)}
        </span>
      </td>
      <td className="num live">
        <span title={since}>
          <Signed value={change} decimals={2} unit="%" />
        </span>
        <span className="watch-second" title="Spread in hundredths of a percent">
          {fixed(spreadBasisPoints(quote), 1)} bp
        </span>
      </td>
    </tr>
  );
}
