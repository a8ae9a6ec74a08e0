import { expect, test } from 'vitest';
import { eventText } from './event-text.ts';

const verdict = (rule: string, outcome: string) => ({
  ...{ rule, outcome, text: 'what it asks', input: '20', limit: '15' },
});
const verdicts = [verdict('BRAKE_ENGAGED', 'pass'), verdict('POSITION_SHARE', 'deny')];

test('of the verdicts on a plan a line names those that deny, and counts the others', () => {
  const told = eventText({ type: 'tradeDenied', verdicts });
  expect(JSON.parse(told)).toEqual({
    type: 'tradeDenied',
    verdicts: ['1 passed', 'POSITION_SHARE: 20, limit 15'],
  });
});

test('what else an event holds is told as it is stored', () => {
  const data = { type: 'statusChanged', from: 'planned', to: 'entering' };
  expect(JSON.parse(eventText(data))).toEqual(data);
});

test('an amount stands there as it is, without the sign that it is stored with', () => {
  const told = eventText({ type: 'stopMoved', to: '#3343.5', why: '##1 of two' });
  expect(JSON.parse(told)).toEqual({ type: 'stopMoved', to: '3343.5', why: '#1 of two' });
});
