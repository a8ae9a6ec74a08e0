import { createRateBudget, type RateBudget } from '../rate-budget.ts';

/**
 * The venue's limits in a second: 10 placements and 10 cancels in derivatives (20 in the spot
 * market), 50 of each question. https://bybit-exchange.github.io/docs/v5/rate-limit
 */
const ORDERS = { requests: 9, windowMs: 1_000, reserved: 4 };
const CANCELS = { requests: 9, windowMs: 1_000, reserved: 0 };
const QUESTIONS = { requests: 45, windowMs: 1_000, reserved: 0 };

export type Pace = {
  readonly orders: RateBudget;
  readonly cancels: RateBudget;
  readonly questions: RateBudget;
};

export function createPace(): Pace {
  return {
    orders: createRateBudget(ORDERS),
    cancels: createRateBudget(CANCELS),
    questions: createRateBudget(QUESTIONS),
  };
}
