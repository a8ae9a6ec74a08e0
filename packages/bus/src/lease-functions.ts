import type { Redis } from 'ioredis';
import type { Bus } from './connection.ts';

/**
 * The functions that Redis runs for the holder of a lease. A version of its own in all names: while
 * two builds run side by side, neither replaces what the other calls. To be raised with any change
 * that the build before could not live with.
 */
const VERSION = 6;
const LIBRARY = `ballast_lease_${VERSION}`;

type LeaseFunction = 'acquire' | 'confirm' | 'regain' | 'renew' | 'release' | 'append';

/** What `renew` answers. */
export const RENEWED = { taken: 0, held: 1, free: 2, asked: 3 } as const;
const nameOf = (called: LeaseFunction): string => `${LIBRARY}_${called}`;

/**
 * A lease is one text, `owner|fence`, that ends by itself; `owner|0` until its fence is confirmed.
 * Beside it, without an end: the highest fence seen. Numbers stay text, since Lua would round them.
 * It may end while its fence is asked for, or while its holder stands still: it is acquired again
 * and regained as long as nobody else has it and no higher fence was seen. A Redis that lost
 * everything takes no entry before the holder has regained it, and whether it may is not asked of
 * Redis.
 */
const SOURCE = `#!lua name=${LIBRARY}
local function seen(key)
  return redis.call('GET', key) or '0'
end

local function is_older(fence, other)
  return tonumber(fence) < tonumber(other)
end

local function is_held(keys, args)
  return redis.call('GET', keys[1]) == args[1] .. '|' .. args[2]
end

local function keep(keys, owner, fence, ttl)
  redis.call('SET', keys[1], owner .. '|' .. fence, 'PX', ttl)
end

redis.register_function('${nameOf('acquire')}', function(keys, args)
  if redis.call('SET', keys[1], args[1] .. '|0', 'NX', 'PX', args[2]) then return 0 end
  local left = redis.call('PTTL', keys[1])
  if left < 0 then left = tonumber(args[2]) end
  left = math.max(1, left)
  local held = redis.call('GET', keys[1])
  -- What we could not free is not of another that acts.
  local is_ours = string.sub(held, 1, #args[1] + 1) == args[1] .. '|'
  return (is_ours or string.sub(held, -2) == '|0') and -left or left
end)

redis.register_function('${nameOf('confirm')}', function(keys, args)
  local owner, fence, ttl = args[1], args[2], args[3]
  if not is_held(keys, { owner, '0' }) then return 0 end
  local highest = seen(keys[2])
  if not is_older(highest, fence) then return redis.error_reply('FENCED ' .. highest) end
  redis.call('SET', keys[2], fence)
  keep(keys, owner, fence, ttl)
  return 1
end)

redis.register_function('${nameOf('regain')}', function(keys, args)
  local owner, fence, ttl = args[1], args[2], args[3]
  if is_older(fence, seen(keys[2])) or not is_held(keys, { owner, '0' }) then return 0 end
  redis.call('SET', keys[2], fence)
  keep(keys, owner, fence, ttl)
  return 1
end)

-- Nothing is renewed that is not there: whoever was slow to free it would have it back.
redis.register_function('${nameOf('renew')}', function(keys, args)
  local owner, fence, ttl = args[1], args[2], args[3]
  if fence ~= '0' and is_older(fence, seen(keys[2])) then return ${RENEWED.taken} end
  local held = redis.call('GET', keys[1])
  if not held then return ${RENEWED.free} end
  if held ~= owner .. '|' .. fence then
    return string.sub(held, -2) == '|0' and ${RENEWED.asked} or ${RENEWED.taken}
  end
  keep(keys, owner, fence, ttl)
  return ${RENEWED.held}
end)

redis.register_function('${nameOf('release')}', function(keys, args)
  if not is_held(keys, args) then return 0 end
  return redis.call('DEL', keys[1])
end)

-- keys: fence, stream, quotes, bars; args: fence, entries kept, how long bars are kept (ms),
-- entries, then of each its number, its events and those of them that are bars or nothing, then
-- instruments and quotes in turn.
redis.register_function('${nameOf('append')}', function(keys, args)
  local highest = seen(keys[1])
  if is_older(args[1], highest) then return redis.error_reply('FENCED ' .. highest) end
  if is_older(highest, args[1]) then return redis.error_reply('UNCONFIRMED ' .. highest) end
  local oldest = string.format('%.0f', redis.call('TIME')[1] * 1000 - tonumber(args[3]))
  local quotes = 5 + 3 * tonumber(args[4])
  for at = 5, quotes - 3, 3 do
    local number, packed, bars = args[at], args[at + 1], args[at + 2]
    redis.call('XADD', keys[2], 'MAXLEN', '~', args[2], '*', 'n', number, 'e', packed)
    if bars ~= '' then
      redis.call('XADD', keys[4], 'MINID', '~', oldest, '*', 'n', number, 'e', bars)
    end
  end
  for from = quotes, #args, 1000 do
    redis.call('HSET', keys[3], unpack(args, from, math.min(from + 999, #args)))
  end
  return tonumber(args[4])
end)
`;

const loaded = new WeakMap<Bus, Promise<void>>();

/**
 * Calls a function of this build. It is loaded before the first call on a bus, and again when Redis
 * has lost it: then nothing of the call had run.
 * @throws BusError; FENCED when a higher fence has been seen
 */
export async function callLease(
  bus: Bus,
  called: LeaseFunction,
  keys: readonly string[],
  args: readonly (string | number | Buffer)[],
): Promise<unknown> {
  const call = (redis: Redis): Promise<unknown> =>
    redis.fcall(nameOf(called), keys.length, ...keys, ...args);
  return await bus.run(`${called} ${keys[0]}`, async (redis) => {
    if (!loaded.has(bus)) loaded.set(bus, load(redis));
    try {
      await loaded.get(bus);
    } catch (error) {
      loaded.delete(bus);
      throw error;
    }
    try {
      return await call(redis);
    } catch (error) {
      const isGone = error instanceof Error && error.message.includes('Function not found');
      if (!isGone) throw error;
      await load(redis);
      return await call(redis);
    }
  });
}

async function load(redis: Redis): Promise<void> {
  await redis.function('LOAD', 'REPLACE', SOURCE);
}
