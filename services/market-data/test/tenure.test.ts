import { openBus } from '@ballast/bus';
import { createLogger } from '@ballast/observability';
import { expect, test } from 'vitest';
import { Hub } from '../src/hub/hub.ts';
import { TakerVolume } from '../src/microstructure/taker-volume.ts';
import { Tenure } from '../src/tenure/tenure.ts';

const log = createLogger('market-data-test', 'silent');
/** Nobody listens there: this tenure is over before it has asked anybody. */
const NOWHERE = '127.0.0.1:9';

test('a part that comes when the tenure is over already is ended too, and its maker told', async () => {
  const { now } = Date;
  const hub = new Hub([], { log, now, taker: new TakerVolume() });
  const bus = openBus(`redis://${NOWHERE}`, 'test', log);
  const ended: string[] = [];
  const part = (name: string) => async () => void ended.push(name);
  try {
    const tenure = new Tenure({
      ...{ bus, hub, now, log, fence: 1, lastActiveAt: 0, isHeld: () => true },
      ...{ databaseUrl: `postgres://${NOWHERE}/none`, onFenced: () => undefined },
    });
    tenure.add(part('early'));
    tenure.add(part('later'));
    const end = tenure.end();
    expect(() => tenure.add(part('while it ends'))).toThrow('is over');
    await end;
    expect(() => tenure.add(part('after it'))).toThrow('is over');
    expect(ended.toSorted()).toEqual(['after it', 'early', 'later', 'while it ends']);
    expect(ended.indexOf('later')).toBeLessThan(ended.indexOf('early'));
    expect(tenure.counts()).toEqual({});
  } finally {
    await bus.close();
    await hub.stop();
  }
});
