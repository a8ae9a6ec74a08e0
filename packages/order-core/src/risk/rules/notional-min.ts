import {
  formatPrice,
  formatQuantity,
  formatScaled,
  notional,
  type Price,
  type Quantity,
  targetsOf,
} from '@ballast/domain';
import { exitParts } from '../exit-parts.ts';
import { outcome, type Rule, type RuleInput } from '../facts.ts';
import { exitNeedsValue } from '../least-exit.ts';

/** An exit that is refused for its value would leave its part without a stop, or in for good. */
export const notionalMin: Rule<'NOTIONAL_TOO_SMALL'> = {
  code: 'NOTIONAL_TOO_SMALL',
  text: 'Entry and exits are worth enough for the venue to take them',
  check(input) {
    const { plan, facts, instrument, entryPrice } = input;
    const { minNotional, quoteCurrency } = instrument;
    const entry = { value: valueOf(input, entryPrice, plan.quantity), what: '' };
    const exit = exitNeedsValue(facts.venue?.capabilities ?? null) ? smallestExit(input) : entry;
    const { value, what } = exit.value < entry.value ? exit : entry;
    return outcome(
      value >= minNotional,
      `${formatScaled(value)} ${quoteCurrency}${what}`,
      `at least ${formatScaled(minNotional)} ${quoteCurrency}`,
    );
  },
};

/** The smallest part at the lowest price that it may leave at. */
function smallestExit(input: RuleInput): { readonly value: bigint; readonly what: string } {
  const levels = [input.plan.stop, ...targetsOf(input.plan).map(({ price }) => price)];
  const lowest = levels.reduce((a, b) => (a < b ? a : b));
  const part = exitParts(input).reduce((a, b) => (a < b ? a : b));
  const what = ` for an exit of ${formatQuantity(part)} at ${formatPrice(lowest)}`;
  return { value: valueOf(input, lowest, part), what };
}

function valueOf({ instrument }: RuleInput, price: Price, quantity: Quantity): bigint {
  const { multiplier, quoteCurrency } = instrument;
  return notional(price, quantity, multiplier, quoteCurrency, 'floor').amount;
}
