import type { Broker } from '../broker.ts';
import { alpacaBroker, type AlpacaOptions } from './adapter.ts';
import { KnownOrders } from './known-orders.ts';
import type { Asking } from './questions.ts';
import { openRest } from './rest.ts';
import { Revisions } from './revisions.ts';
import type { ScriptedVenue } from './venue.fixture.ts';

export type Connected = { readonly broker: Broker; readonly asking: Asking };

/** The adapter as a whole, and what its parts are given: only the order core approves an order. */
export function connectTo(
  { restUrl, streamUrl }: Pick<ScriptedVenue, 'restUrl' | 'streamUrl'>,
  onBadRow: AlpacaOptions['onBadRow'],
  { key, secret } = { key: 'testKey', secret: 'testSecret' },
): Connected {
  const account = 'paper';
  const options = { account, key, secret, restUrl, streamUrl, shorting: true, onBadRow };
  const rest = openRest({ key, secret, baseUrl: `${restUrl}/` });
  const [known, revisions] = [new KnownOrders(), new Revisions()];
  return {
    broker: alpacaBroker(options),
    asking: { account, rest, known, revisions, onBadRow },
  };
}
