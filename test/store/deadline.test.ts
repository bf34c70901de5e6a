/** A bounded wait: for the store, and not for the app itself. */
import { describe, expect, test, vi } from 'vitest'
import { within } from '../../src/store/deadline.ts'
import { nextTurn } from '../support/gate.ts'

/** The app is at work, so that no timer goes off in time and no reply is read. */
function busy(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

describe('a wait', () => {
  test('ends with what it waits for', async () => {
    await expect(within(1_000, Promise.resolve('here'))).resolves.toBe('here')
    await expect(within(1_000, Promise.reject(new Error('gone')))).rejects.toThrow('gone')
  })

  test('ends when its time is over, which cancels the work', async () => {
    const cancel = vi.fn()
    const started = performance.now()
    await expect(within(40, new Promise(() => {}), cancel)).rejects.toMatchObject({ reason: 'timeout' })
    expect(performance.now() - started).toBeGreaterThan(35)
    expect(cancel).toHaveBeenCalledOnce()
  })

  test('counts a reply that came in time and could not be read, since the app was busy', async () => {
    await nextTurn()
    // Read after the timers that are due, as everything is that comes over a socket.
    const reply = new Promise<string>((resolve) => setImmediate(resolve, 'here'))
    const waiting = within(40, reply)
    busy(100)
    await expect(waiting).resolves.toBe('here')
  })

  test('longer than any timer can be does not end at once', async () => {
    const reply = new Promise<string>((resolve) => setTimeout(resolve, 20, 'here'))
    await expect(within(Number.MAX_SAFE_INTEGER, reply)).resolves.toBe('here')
  })
})
