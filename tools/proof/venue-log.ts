import { z } from 'zod';

const requestLog = z.object({
  requests: z.array(
    z.object({ path: z.string(), orderLinkId: z.string(), cursor: z.string() }).loose(),
  ),
});
const accountState = z.object({
  orders: z.array(z.object({ orderLinkId: z.string(), orderStatus: z.string() }).loose()),
  executions: z.array(z.object({ execId: z.string(), orderLinkId: z.string() }).loose()),
});

/** Every signed request that the simulated venue has seen. Its control routes must be on. */
export async function venueRequests(venueUrl: string) {
  const response = await fetch(`${venueUrl}/control/requests`);
  return requestLog.parse(await response.json()).requests;
}

/** Orders and executions as the simulated venue keeps them. */
export async function venueAccount(venueUrl: string) {
  const response = await fetch(`${venueUrl}/control/state`);
  return accountState.parse(await response.json());
}

/** The simulated venue's last price, from its public REST interface. */
export async function venuePrice(venueUrl: string, symbol: string): Promise<string> {
  const response = await fetch(`${venueUrl}/v5/market/tickers?category=linear&symbol=${symbol}`);
  const ticker = z.object({
    result: z.object({ list: z.array(z.object({ lastPrice: z.string() }).loose()).min(1) }),
  });
  return ticker.parse(await response.json()).result.list[0]?.lastPrice ?? '';
}
