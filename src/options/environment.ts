/**
 * Credentials from the runtime's environment, for apps that name none. What is absent is absent; what is there and
 * cannot be meant is a `ConfigError`, which the caller turns into an event: an environment is no part of the app
 * that can be checked when it is built.
 */

import type { Context } from 'hono'
import { env, getRuntimeKey } from 'hono/adapter'
import { ConfigError } from '../errors.ts'
import { url as checkUrl } from './check-connection.ts'

const NAMES = [
  ['UPSTASH_REDIS_REST_URL', 'UPSTASH_REDIS_REST_TOKEN'],
  ['KV_REST_API_URL', 'KV_REST_API_TOKEN'],
] as const

export function credentials(c?: Context): { url: string; token: string } | null {
  const read = reader(c)
  for (const [urlName, tokenName] of NAMES) {
    const url = read(urlName)
    const token = read(tokenName)
    if (!url && !token) continue
    if (!url || !token) {
      throw new ConfigError(
        `${url ? urlName : tokenName} is set and ${url ? tokenName : urlName} is not; set both`,
      )
    }
    const wrong = checkUrl(url)
    if (wrong) throw new ConfigError(`${urlName} must be ${wrong.expected}; got ${wrong.found}`)
    return { url, token }
  }
  return null
}

function reader(c?: Context): (name: string) => string | undefined {
  let all: Record<string, unknown> | undefined
  try {
    // Only Workers need the Context for it, and have nothing to read without.
    all = env(c as Context)
  } catch {
    // Deno lets an app read all of its environment, these names alone, or nothing.
  }
  return (name) => {
    try {
      const value = (all ?? processEnv())?.[name]
      return typeof value === 'string' ? value : undefined
    } catch {
      return undefined
    }
  }
}

/** Whether the platform runs many isolates, so that what one of them holds in memory says nothing of the others. */
export function runsManyIsolates(): boolean {
  const runtime = getRuntimeKey()
  if (runtime === 'node') return processEnv()?.AWS_LAMBDA_FUNCTION_NAME !== undefined
  return ['workerd', 'edge-light', 'fastly'].includes(runtime)
}

const processEnv = (): Record<string, unknown> | undefined =>
  (globalThis as { process?: { env?: Record<string, unknown> } }).process?.env
