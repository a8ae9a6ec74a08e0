import { Figure } from '../parts/Figure.tsx';
import { Signed } from '../parts/Signed.tsx';

type Props = { label: string; value: string | null; currency: string | undefined };

/** What a change would bring by the prices of this moment, before fees. */
export function ResultFigure({ label, value, currency }: Props) {
  return (
    <Figure label={label} strong testId="estimate">
      <span className="live">
        <Signed
          value={value}
          decimals={2}
          {...(currency === undefined ? {} : { unit: currency })}
        />
      </span>
    </Figure>
  );
}
