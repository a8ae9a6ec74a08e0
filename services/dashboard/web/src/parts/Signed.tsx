import { fixed, NO_VALUE, signOf } from '../format/number.ts';

type Props = { value: string | null | undefined; decimals: number; unit?: string; arrow?: boolean };

/** A gain or a loss: sign and arrow first, colour third. */
export function Signed({ value, decimals, unit, arrow = true }: Props) {
  const text = fixed(value, decimals, { sign: true });
  if (text === NO_VALUE) return <span className="dim">{NO_VALUE}</span>;
  const sign = signOf(value) ?? 0;
  const tone = sign > 0 ? 'up' : sign < 0 ? 'down' : 'flat';
  const mark = sign > 0 ? '▲' : sign < 0 ? '▼' : '■';
  return (
    <span className={`signed ${tone}`}>
      {arrow && (
        <span className="signed-mark" aria-hidden="true">
          {mark}
        </span>
      )}
      {text}
      {unit !== undefined && <span className="unit">{unit}</span>}
    </span>
  );
}
