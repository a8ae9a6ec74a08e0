import type { Page } from 'playwright-core';

/** An amount in the strip, with its sign as a shape where it has one. */
export const AMOUNT = /^[▲▼■]?\s*[−+]?\d{1,3}(,\d{3})*\.\d{2}$/;

/** What the page shows, by test id, as text and as numbers. */
export function readPage(page: Page) {
  const value = (id: string): Promise<string> => page.getByTestId(id).locator('dd').innerText();
  return {
    text: (id: string): Promise<string> => page.getByTestId(id).first().innerText(),
    value,
    /** The number in the strip, without its grouping; NaN for a dash. */
    amount: async (id: string): Promise<number> =>
      Number((await value(id)).replaceAll(',', '').replace('−', '-')),
    ageSeconds: async (id: string): Promise<number> =>
      Number(/(\d+\.\d) s/.exec(await value(id))?.[1]),
    /** What the chart's library draws, as the chart says it. */
    async drawn(what: 'lines' | 'markers'): Promise<string[]> {
      const told = await page.getByTestId('chart-canvas').getAttribute(`data-${what}`);
      return (told ?? '').split('; ');
    },
  };
}
