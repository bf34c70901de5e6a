/**
 * Connections: one per isolate for each distinct configuration, made on first use and never at module scope, since
 * on Workers the credentials come with a request. With each come what its requests share in an isolate: breakers, near
 * copies, the clears made here, flights, refreshes, the shapes of recent keys. Names and heads are shared by all.
 */

import type { Head, Heads } from './entry/entry.ts'
import { StoreError } from './errors.ts'
import { createFlights, type Flights } from './isolate/flights.ts'
import { createRecent, type Recent } from './isolate/recent.ts'
import { createRefreshes, type Refreshes } from './isolate/refreshes.ts'
import { createShapes, type Shapes } from './isolate/shape.ts'
import type { ConnectionOptions, Timeout, UpstashClient } from './options/options.ts'
import type { Named } from './request/describe.ts'
import { within } from './store/deadline.ts'
import { guarded } from './store/guarded.ts'
import { withNear } from './store/near.ts'
import { type OwnClearsStore, withOwnClears } from './store/own-clears.ts'
import { prefixed } from './store/prefixed.ts'
import { type Command, redisStore, type Send } from './store/redis.ts'
import type { Store } from './store/store.ts'

export interface Connection {
  readonly store: OwnClearsStore
  readonly shapes: Shapes
  readonly heads: Heads
  readonly names: Recent<Named>
  readonly flights: Flights
  readonly refreshes: Refreshes
  /** Milliseconds that a request may wait for the store. */
  readonly deadline: number
}

const DEFAULT_READ_MS = 500
const DEFAULT_WRITE_MS = 5_000
const MOST_CONNECTIONS = 100

/** By `url`, `token`, `prefix`, `timeout` and `near`. */
const byValue = new Map<string, Connection>()
/** By the client or store that was handed over, then by the rest. */
const byIdentity = new WeakMap<object, Map<string, Connection>>()
/** For all connections, since they may be many: neither memory depends on where the store is. */
const heads = createRecent<Head>(1_000)
const names = createRecent<Named>(1_000)

/** The connection of that configuration; the same one for equal configurations. */
export function connect(options: ConnectionOptions): Connection {
  const { url, token, redis, store, prefix, timeout, near } = options
  const given = store ?? redis
  let connections = byValue
  if (given) {
    connections = byIdentity.get(given) ?? new Map()
    byIdentity.set(given, connections)
  }
  const timeouts = timeoutsOf(timeout)
  const key = JSON.stringify([url, token, prefix, timeouts, near?.seconds, near?.maxBytes])
  const connection = connections.get(key) ?? open(options, timeouts)
  // Used last, it is the last to be forgotten.
  connections.delete(key)
  connections.set(key, connection)
  if (connections.size > MOST_CONNECTIONS) forgetOne(connections)
  return connection
}

/** Options made for each request, with a prefix for each of them, must not fill the memory. */
function forgetOne(connections: Map<string, Connection>): void {
  // One that still owes a clear is kept as long as another can go: until that is made, it must answer nothing.
  for (const [key, { store }] of connections) {
    if (store.pending().length > 0) continue
    connections.delete(key)
    return
  }
  connections.delete(connections.keys().next().value!)
}

function open(options: ConnectionOptions, timeouts: Timeouts): Connection {
  const now = () => Date.now()
  const { near, redis, store } = options
  const safe = guarded(storeOf(options, timeouts), { ...timeouts, timesLookUps: !store && !redis, now })
  return {
    // The clears made here above the copies: whatever a copy or a reply in flight says passes their fences.
    store: withOwnClears(near ? withNear(safe, { ...near, now }) : safe, { now, sleep }),
    shapes: createShapes(),
    heads,
    names,
    flights: createFlights(now),
    refreshes: createRefreshes(now),
    deadline: timeouts.read,
  }
}

function storeOf(options: ConnectionOptions, timeouts: Timeouts): Store {
  const { store, prefix } = options
  if (!store) return redisStore({ send: sender(options, timeouts), prefix })
  return prefix === undefined ? store : prefixed(store, prefix)
}

type Timeouts = Required<Exclude<Timeout, number>>

function timeoutsOf(timeout: Timeout | undefined): Timeouts {
  if (typeof timeout === 'number') return { read: timeout, write: timeout }
  return { read: timeout?.read ?? DEFAULT_READ_MS, write: timeout?.write ?? DEFAULT_WRITE_MS }
}

function sender({ url, token, redis }: ConnectionOptions, { read, write }: Timeouts): Send {
  if (redis) return 'send' in redis ? (command) => redis.send(command) : (command) => redis.exec(command)

  let client: UpstashClient | undefined
  let current: AbortSignal
  const openClient = async () => {
    // Not a shared promise: on Workers it could belong to a request that has gone. Options without a client or a store
    // have a URL and a token: that was checked.
    const opened = await openUpstash(url!, token!, () => current)
    client ??= opened
    return client
  }
  const exec = (client: UpstashClient, command: Command, signal: AbortSignal) => {
    // It asks for its signal before it first waits, so this is the signal of this command and of no other.
    current = signal
    return client.exec(command)
  }
  return (command) => {
    // Not `AbortSignal.timeout`: it goes off, and makes an error, long after the answer is there. On Node a hit spends
    // a third of its time on that.
    const controller = new AbortController()
    const { signal } = controller
    const ms = command[0] === 'MGET' ? read : write
    const reply = client
      ? exec(client, command, signal)
      : openClient().then((opened) => exec(opened, command, signal))
    return within(ms, reply, () => controller.abort())
  }
}

/**
 * `@upstash/redis` with settings for a cache. Its defaults wait without end, retry for seconds, turn `"123"` into a
 * number and encode every reply twice.
 */
async function openUpstash(url: string, token: string, signal: () => AbortSignal): Promise<UpstashClient> {
  const { Redis } = await importUpstash()
  return new Redis({
    url,
    // The line feed behind a pasted one.
    token: token.trim(),
    signal,
    // Of what got no answer, not of what got a bad one. Where the process was frozen, its connections may be gone.
    retry: { retries: 1, backoff: () => 0 },
    // With it a look-up waits until the replica has what was stored here before, for other keys, too: for as long as it
    // lags, and in vain where the primary died in between. A replica that lags costs a miss.
    readYourWrites: false,
    enableAutoPipelining: false,
    enableTelemetry: false,
    automaticDeserialization: false,
    responseEncoding: false,
  })
}

/** In a `try`, by which bundlers know that the package is optional: to webpack and Turbopack a `catch()` says nothing. */
async function importUpstash() {
  try {
    return await import('@upstash/redis/cloudflare')
  } catch {
    throw new StoreError('no-client')
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer: unknown = setTimeout(resolve, ms)
    // A clear that is still due does not keep a script from ending.
    ;(timer as { unref?: () => void }).unref?.()
  })
}
