import { formatAge } from '../format/time.ts';
import { useServerNow } from '../live/use-live.ts';

type Props = {
  /** Epoch ms; null: it never was; undefined: nobody knows, as when it cannot be read. */
  at: number | null | undefined;
  lateMs?: number;
  deadMs?: number;
  label?: string;
  suffix?: string;
};

/** How old a value is, in words, with a mark once it is late: never by colour alone. */
export function Age({ at, lateMs = 3_000, deadMs = 10_000, label, suffix }: Props) {
  const now = useServerNow();
  if (at === undefined) return <span className="age age-dead">unknown</span>;
  if (at === null) return <span className="age age-dead">never</span>;
  const ms = now - at;
  const tone = ms >= deadMs ? 'dead' : ms >= lateMs ? 'late' : 'fresh';
  const mark = tone === 'dead' ? '✕ ' : tone === 'late' ? '! ' : '';
  return (
    <span className={`age age-${tone}`}>
      {mark !== '' && (
        <span role="img" aria-label={tone === 'dead' ? 'too old' : 'late'}>
          {mark}
        </span>
      )}
      {label}
      {formatAge(ms)}
      {suffix}
    </span>
  );
}
