import { Button } from '@mantine/core';
import type { StrategyInfo, SwitchInfo } from '../api/shapes.ts';
import { NO_VALUE } from '../format/number.ts';
import { utcDayTime } from '../format/time.ts';
import { Tag } from '../parts/Tag.tsx';

type Props = { strategy: StrategyInfo; item: SwitchInfo; disabled: boolean; onChange: () => void };

/** One of a strategy's switches; what the soak lacks stands beside the one that waits for it. */
export function SwitchRow({ strategy, item, disabled, onChange }: Props) {
  const { inForce } = item;
  const on = inForce?.on === true;
  const name = `${strategy.strategy}-${item.switch}`;
  return (
    <tr data-testid={`strategy-${name}`}>
      <td data-label="Strategy">{strategy.strategy}</td>
      <td data-label="Switch">{item.switch}</td>
      <td data-label="State">
        <Tag tone={on ? 'good' : 'neutral'}>{on ? 'on' : 'off'}</Tag>
        {inForce?.override === true && <Tag tone="warn">soak overridden</Tag>}
      </td>
      <td data-label="Since (UTC)" className="num-left">
        {inForce === null ? NO_VALUE : utcDayTime(inForce.effectiveFrom)}
      </td>
      <td data-label="Set by">{inForce?.actor ?? 'never set'}</td>
      <td data-label="Why">{inForce?.reason ?? NO_VALUE}</td>
      <td data-label="Soak">{item.switch === 'buy' ? strategy.soak.text : NO_VALUE}</td>
      <td className="row-action">
        <Button
          size="compact-sm"
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
      </td>
    </tr>
  );
}
