/** What the package exports. Each type lives with its module. */

export { cache } from './cache.ts'
export type { StoreFailure } from './errors.ts'
export {
  type BypassReason,
  type CacheEvent,
  type MissReason,
  type NotStoredReason,
  type Reading,
  warnOnce,
} from './events.ts'
export type { CacheHandle, Explanation } from './handle.ts'
export { type OpenCacheOptions, openCache, redisCache } from './init.ts'
export type { QueryRule } from './key/canonical.ts'
export { type Md5, md5 } from './key/md5.ts'
export { type Memoized, type MemoizeOptions, memoize } from './memo/memoize.ts'
export type { ClearTarget } from './options/clearing.ts'
export type {
  CacheOptions,
  ConnectionOptions,
  Near,
  RedisCacheOptions,
  Timeout,
  UpstashClient,
  Vary,
} from './options/options.ts'
export { type MemoryStoreOptions, memoryStore } from './store/memory.ts'
export { type Command, type RedisStoreOptions, redisStore, type Send } from './store/redis.ts'
export type { Commit, CommitOutcome, Query, Snapshot, Store, Write } from './store/store.ts'
export type { Seen, Time } from './store/time.ts'
