/** A clock that is set back: nothing in an isolate stands still until it has caught up. */
import { describe, expect, test } from 'vitest'
import { createFlights, type Flights } from '../../src/isolate/flights.ts'
import { createRefreshes } from '../../src/isolate/refreshes.ts'
import { createVariants } from '../../src/isolate/variants.ts'
import { fakeClock } from '../fixtures/clock.ts'

const HOUR = 3_600
const lead = (flights: Flights) => flights.lead('page', 2_000, 0, () => {})

describe('where the clock is set back', () => {
  test('nobody waits for a flight of later, and the next one leads', () => {
    const now = fakeClock()
    const flights = createFlights(now)
    lead(flights)
    expect(lead(flights)).toBeUndefined()
    now.advance(-HOUR)
    expect(flights.join('page', 2_000)).toBeUndefined()
    expect(lead(flights)).toBeDefined()
  })

  test('a flight that brought nothing keeps others from leading for five seconds, and no hour', () => {
    const now = fakeClock()
    const flights = createFlights(now)
    lead(flights)?.(null)
    expect(lead(flights)).toBeUndefined()
    now.advance(-HOUR)
    expect(lead(flights)).toBeDefined()
  })

  test('a refresh that died with its request is not waited for', () => {
    const now = fakeClock()
    const refreshes = createRefreshes(now)
    refreshes.begin('page')
    now.advance(-HOUR)
    expect(refreshes.isUnderWay('page')).toBe(false)
    expect(refreshes.begin('page')).toBeDefined()
  })

  test('a route that has stopped storing stores again', () => {
    const now = fakeClock()
    const variants = createVariants()
    for (let made = 0; made < 16; made++) variants.made('/page', `value ${made}`, now())
    expect(variants.stopped('/page', () => 'one', now())).toBe(true)
    now.advance(-HOUR)
    expect(variants.stopped('/page', () => 'another', now())).toBe(false)
  })
})
