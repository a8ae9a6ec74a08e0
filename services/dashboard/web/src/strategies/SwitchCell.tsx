import { Button } from '@mantine/core';
import type { StrategyInfo, SwitchInfo } from '../api/shapes.ts';
import { utcDayTime } from '../format/time.ts';
import { Tag } from '../parts/Tag.tsx';
import { switchName } from './switch-text.ts';

type Props = { strategy: StrategyInfo; item: SwitchInfo; disabled: boolean; onChange: () => void };

/** One of a strategy's switches, since when it is so, by whose hand and why. */
export function SwitchCell({ strategy, item, disabled, onChange }: Props) {
  const { inForce } = item;
  const on = inForce?.on === true;
  const name = `${strategy.strategy}-${item.switch}`;
  return (
    <td data-label={switchName(item.switch)} data-testid={`strategy-${name}`}>
      <div className="switch-cell">
        <Tag tone={on ? 'good' : 'neutral'}>{on ? 'on' : 'off'}</Tag>
        {inForce?.override === true && <Tag tone="warn">soak overridden</Tag>}
        <Button
          size="compact-xs"
          variant="default"
          disabled={disabled}
          onClick={onChange}
          data-testid={`switch-${name}`}
        >
          Switch {on ? 'off' : 'on'}
          <span className="unseen">
            {' '}
            {strategy.strategy} {item.switch}
          </span>
        </Button>
      </div>
      <div className="dim switch-why">
        {inForce === null
          ? 'never set'
          : `${utcDayTime(inForce.effectiveFrom)} by ${inForce.actor}: ${inForce.reason}`}
      </div>
    </td>
  );
}
