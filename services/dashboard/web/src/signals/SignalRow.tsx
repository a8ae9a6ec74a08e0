import { symbolOf } from '@ballast/domain';
import { Link } from '@tanstack/react-router';
import type { SignalInfo } from '../api/shapes.ts';
import { NO_VALUE } from '../format/number.ts';
import { utcDayTime } from '../format/time.ts';
import { DirectionTag } from '../parts/DirectionTag.tsx';
import { Tag } from '../parts/Tag.tsx';
import { inputsText } from './inputs-text.ts';

export function SignalRow({ signal }: { signal: SignalInfo }) {
  const { blocked, tradeId } = signal;
  const leaves = signal.word === 'leave';
  return (
    <tr data-testid={`signal-${signal.id}`}>
      <td data-label="Decided (UTC)" className="num-left">
        {utcDayTime(signal.decidedAt)}
      </td>
      <td data-label="Strategy">{signal.strategy}</td>
      <td data-label="Instrument">{symbolOf(signal.instrument)}</td>
      <td data-label="Direction">
        {leaves && 'leave '}
        <DirectionTag direction={signal.direction} />
      </td>
      <td data-label="Verdict">
        {blocked !== null && <Tag tone="warn">blocked</Tag>}
        {blocked === null && tradeId === null && <Tag>no trade asked</Tag>}
        {blocked === null && tradeId !== null && (
          <Link to="/trades/$tradeId" params={{ tradeId }} className="link">
            {leaves ? 'asked to leave' : 'traded'}
          </Link>
        )}
      </td>
      <td data-label="Gate">{blocked?.gate ?? NO_VALUE}</td>
      <td data-label="It saw">{blocked?.input ?? NO_VALUE}</td>
      <td data-label="It wants">{blocked?.threshold ?? NO_VALUE}</td>
      <td data-label="Inputs" className="inputs">
        {inputsText(signal.inputs)}
      </td>
    </tr>
  );
}
