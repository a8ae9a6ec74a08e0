import { Age } from '../parts/Age.tsx';

/** The gateway asks the venue for the balance every ten seconds, and after each fill. */
const LATE_MS = 15_000;
const DEAD_MS = 45_000;

type Props = { currency: string; balanceAt: number };

/** The equity is the venue's word, older than what the gateway says each second by itself. */
export function EquityLabel({ currency, balanceAt }: Props) {
  return (
    <>
      Equity {currency}{' '}
      {balanceAt > 0 && (
        <span className="live" title="When the venue told the balance">
          <Age at={balanceAt} lateMs={LATE_MS} deadMs={DEAD_MS} />
        </span>
      )}
    </>
  );
}
