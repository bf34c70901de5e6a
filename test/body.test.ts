/** A body is read to its end or given up, and nothing that goes wrong with it is an exception. */
import { runInNewContext } from 'node:vm'
import { describe, expect, test, vi } from 'vitest'
import { readBounded } from '../src/body.ts'
import { fakeDate, pass } from './support/stores.ts'

const MINUTE = 60_000

const chunksOf = (...sizes: number[]) => sizes.map((size, at) => new Uint8Array(size).fill(at + 1))

function streamOf(chunks: unknown[], end: 'end' | 'error' | 'never' = 'end', beforeChunk = () => {}) {
  const state = { pulled: 0, cancelled: false }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[state.pulled++]
        if (chunk !== undefined) {
          beforeChunk()
          controller.enqueue(chunk as Uint8Array)
        } else if (end === 'error') controller.error(new Error('connection lost'))
        else if (end === 'end') controller.close()
      },
      cancel() {
        state.cancelled = true
        return Promise.reject(new Error('cannot be cancelled'))
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, state }
}

describe('readBounded', () => {
  fakeDate()

  test('no body is an empty one', async () => {
    expect(await readBounded(null, 0, MINUTE)).toEqual({ bytes: new Uint8Array() })
  })

  test('the chunks come together in their order, however they were cut', async () => {
    const { stream } = streamOf(chunksOf(2, 0, 1))
    expect(await readBounded(stream, 100, MINUTE)).toEqual({ bytes: Uint8Array.of(1, 1, 3) })
  })

  test('chunks of another realm, as those of Node are where jsdom is the environment, are bytes', async () => {
    const { stream } = streamOf([runInNewContext('Uint8Array.of(1, 2)')])
    expect(await readBounded(stream, 100, MINUTE)).toEqual({ bytes: Uint8Array.of(1, 2) })
  })

  test('a body of exactly the limit is read, one byte more is too large', async () => {
    expect(await readBounded(streamOf(chunksOf(2, 2)).stream, 4, MINUTE)).toHaveProperty('bytes')
    expect(await readBounded(streamOf(chunksOf(2, 3)).stream, 4, MINUTE)).toEqual({ failed: 'too-large' })
    expect(await readBounded(streamOf(chunksOf(1)).stream, 0, MINUTE)).toEqual({ failed: 'too-large' })
  })

  test('one that is too large is given up at once: the rest is not read, and nobody waits for its cancellation', async () => {
    const { stream, state } = streamOf(chunksOf(5, 5, 5, 5), 'never')
    expect(await readBounded(stream, 4, MINUTE)).toEqual({ failed: 'too-large' })
    expect(state).toEqual({ pulled: 1, cancelled: true })
  })

  test('the client still gets all of a body that was too large for us', async () => {
    const [ours, theirs] = streamOf(chunksOf(5, 5)).stream.tee()
    const [copy, bytes] = await Promise.all([readBounded(ours, 4, MINUTE), new Response(theirs).bytes()])
    expect(copy).toEqual({ failed: 'too-large' })
    expect(bytes).toHaveLength(10)
  })

  test('one that ends with an error was cut short', async () => {
    expect(await readBounded(streamOf(chunksOf(2), 'error').stream, 100, MINUTE)).toEqual({
      failed: 'cut-short',
    })
  })
  test.each<[string, unknown]>([
    ['a string', 'text'],
    ['an empty string', ''],
    ['an ArrayBuffer', new ArrayBuffer(4)],
    ['a DataView', new DataView(new ArrayBuffer(4))],
    ['a typed array of another kind', Uint16Array.of(1, 2)],
    ['null', null],
  ])('a chunk that is %s makes the copy fail, and ends it there', async (_, chunk) => {
    const { stream, state } = streamOf([...chunksOf(1), chunk, ...chunksOf(1)])
    expect(await readBounded(stream, 100, MINUTE)).toEqual({
      failed: 'cut-short',
      detail: 'a chunk is no Uint8Array',
    })
    expect(state).toEqual({ pulled: 2, cancelled: true })
  })

  test("Node's Buffer is a Uint8Array", async () => {
    expect(await readBounded(streamOf([Buffer.from('ab')]).stream, 100, MINUTE)).toEqual({
      bytes: Uint8Array.of(97, 98),
    })
  })
  test('a copy that takes too long is given up with the first chunk that is late', async () => {
    const inTime = streamOf(chunksOf(1, 1, 1), 'end', () => pass(20))
    expect(await readBounded(inTime.stream, 100, MINUTE)).toHaveProperty('bytes')
    const late = streamOf(chunksOf(1, 1, 1, 1), 'never', () => pass(21))
    expect(await readBounded(late.stream, 100, MINUTE)).toEqual({
      failed: 'cut-short',
      detail: 'it took more than 60 seconds',
    })
    expect(late.state).toEqual({ pulled: 3, cancelled: true })
  })

  test('one that stands still is given up in time, and its source learns of it once the client has gone', async () => {
    vi.useFakeTimers()
    const { stream, state } = streamOf(chunksOf(1), 'never')
    const [ours, theirs] = stream.tee()
    const copy = readBounded(ours, 100, MINUTE)
    theirs.cancel().catch(() => {})
    await vi.advanceTimersByTimeAsync(MINUTE - 1)
    expect(state.cancelled).toBe(false)
    await vi.advanceTimersByTimeAsync(1)
    expect(state.cancelled).toBe(true)
    expect(await copy).toEqual({ failed: 'cut-short', detail: 'it took more than 60 seconds' })
  })

  test.each<[string, ReturnType<typeof streamOf>]>([
    ['read to its end', streamOf(chunksOf(1))],
    ['too large', streamOf(chunksOf(101))],
    ['cut short', streamOf([], 'error')],
  ])('one that is %s leaves no timer behind', async (_, { stream }) => {
    vi.useFakeTimers()
    await readBounded(stream, 100, MINUTE)
    expect(vi.getTimerCount()).toBe(0)
  })
})
