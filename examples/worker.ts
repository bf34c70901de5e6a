/**
 * The example on Cloudflare Workers: `npm run build && npx wrangler dev`, and `npx wrangler deploy` with the secrets
 * UPSTASH_REDIS_REST_URL and UPSTASH_REDIS_REST_TOKEN.
 *
 * `redisCache()` finds these in the bindings of each request. Without them every isolate keeps a cache of its own, and
 * a clear answers `false`, because it cannot reach the others.
 */

import { createApp } from './app.ts'

export default createApp()
