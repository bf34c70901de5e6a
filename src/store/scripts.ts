/**
 * The protocol's writes, as Lua that Redis runs in one step.
 *
 * Every key that a script touches is in KEYS. Scripts use no clock and no randomness. Times are read with MGET, which
 * answers nil for a key of another type where GET would raise, so that one stray key cannot make every clear fail for
 * ever.
 *
 * A request may arrive once more, long after its answer. No such BEGIN, CLEAR or COMMIT lets an old entry be valid
 * again, with one exception: the clock *and* the fence of everything were both lost, so that generations begin again
 * at 1, and then the creator of an earlier clock arrives once more and finds no clock, at the very generation that it
 * had made. It makes the same epoch, whose times are issued twice.
 */

/** Splits `epoch:count`. Epochs are compared as strings, because `tonumber` makes `1e5` and `100000` equal. */
const SPLIT = `
local function split(time)
  if not time then return nil, nil end
  local epoch, count = string.match(time, '^(.+):(%d+)$')
  return epoch, tonumber(count)
end
`

/**
 * Creates the clock, for `begin` and `clear`, at the epoch `generation.random`. The fence of everything is set with it
 * and remembers the generation for when the clock is lost: the next one is of the next generation, so that a request
 * of long ago that is replayed then makes an epoch that has never been. A number that Lua cannot count up from is a
 * stray.
 */
const CREATE = `
local function create(random, count, everything, seconds)
  local generation = tonumber(string.match(split(everything) or '', '^(%d+)%.') or 0)
  if generation > 1e15 then generation = 0 end
  local time = string.format('%.0f', generation + 1) .. '.' .. random .. ':' .. count
  redis.call('SET', KEYS[1], time)
  redis.call('SET', KEYS[2], time, 'EX', seconds)
  return time
end
`

/** KEYS: clock, fence of everything. ARGV: something random made for this attempt, seconds for the fence. */
export const BEGIN = `${SPLIT}${CREATE}
local seen = redis.call('MGET', KEYS[1], KEYS[2])
if split(seen[1]) then return seen[1] end
return create(ARGV[1], '0', seen[2], ARGV[2])
`

/**
 * KEYS: clock, fence of everything, the fences to set.
 * ARGV: something random made for this attempt, seconds for each key from the second on.
 */
export const CLEAR = `${SPLIT}${CREATE}
local seen = redis.call('MGET', KEYS[1], KEYS[2])
local epoch, count = split(seen[1])
local now
if epoch then
  now = epoch .. ':' .. string.format('%.0f', count + 1)
  redis.call('SET', KEYS[1], now)
else
  now = create(ARGV[1], '1', seen[2], ARGV[2])
end
for i = 3, #KEYS do redis.call('SET', KEYS[i], now, 'EX', ARGV[i]) end
return now
`

/**
 * KEYS: clock, the fences, the names to write.
 * ARGV: stamp, number of fences, seconds for each fence, then value and seconds for each name.
 *
 * A fence lives a day at least, longer if it was written for a longer entry. So an entry of more than a day asks how
 * long its fences have left, and has those renewed that would end before it: what they say stays the same.
 */
export const COMMIT = `${SPLIT}
local fences = tonumber(ARGV[2])
local seen = redis.call('MGET', unpack(KEYS, 1, 1 + fences))
local epoch, stamp = split(ARGV[1])
local current, now = split(seen[1])
if not current or current ~= epoch or now < stamp then return 'lost' end
local cleared = false
for i = 1, fences do
  local of, fence = split(seen[1 + i])
  if of ~= epoch then
    redis.call('SET', KEYS[1 + i], seen[1], 'EX', ARGV[2 + i])
    fence = now
  end
  if fence > stamp then cleared = true end
end
if cleared then return 'cleared' end
local at, longest = 3 + fences, 0
for i = 2 + fences, #KEYS do
  redis.call('SET', KEYS[i], ARGV[at], 'EX', ARGV[at + 1])
  longest = math.max(longest, tonumber(ARGV[at + 1]))
  at = at + 2
end
if longest > 86400 then
  for i = 1, fences do
    if split(seen[1 + i]) == epoch and redis.call('TTL', KEYS[1 + i]) < longest then
      redis.call('SET', KEYS[1 + i], seen[1 + i], 'EX', ARGV[2 + i])
    end
  end
end
return 'stored'
`

/** KEYS: lease. ARGV: id. */
export const RELEASE = `
if redis.call('MGET', KEYS[1])[1] == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`
