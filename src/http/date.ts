/**
 * HTTP dates in the three formats of RFC 9110 §5.6.7 and in no other. `Date.parse` takes far more, and something
 * else on every runtime.
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

// "Although all date formats are specified to be case-sensitive, a cache recipient SHOULD match the field value
// case-insensitively" (RFC 9111 §4.2).
const DAY = '(?:mon|tue|wed|thu|fri|sat|sun)'
const DAY_NAME = '(?:mon|tues|wednes|thurs|fri|satur|sun)day'
const MONTH = `(${MONTHS.join('|')})`
const TIME = '(\\d{2}):(\\d{2}):(\\d{2})'

/** Sun, 06 Nov 1994 08:49:37 GMT */
const IMF_FIXDATE = new RegExp(`^${DAY}, (\\d{2}) ${MONTH} (\\d{4}) ${TIME} gmt$`)
/** Sunday, 06-Nov-94 08:49:37 GMT */
const RFC_850 = new RegExp(`^${DAY_NAME}, (\\d{2})-${MONTH}-(\\d{2}) ${TIME} gmt$`)
/** Sun Nov  6 08:49:37 1994 */
const ASCTIME = new RegExp(`^${DAY} ${MONTH} ([ \\d]\\d) ${TIME} (\\d{4})$`)

/** The moment in milliseconds; `null` where the text is not an HTTP date. */
export function parseDate(text: string | null | undefined): number | null {
  if (!text) return null
  const date = text.trim().toLowerCase()
  let match = IMF_FIXDATE.exec(date)
  if (match) return moment(Number(match[3]), match[2]!, match[1]!, match.slice(4))
  match = RFC_850.exec(date)
  if (match) return moment(fullYear(Number(match[3])), match[2]!, match[1]!, match.slice(4))
  match = ASCTIME.exec(date)
  if (match) return moment(Number(match[6]), match[1]!, match[2]!, match.slice(3, 6))
  return null
}

function moment(year: number, month: string, day: string, time: readonly string[]): number | null {
  const date = Number(day)
  const [hour, minute, second] = time.map(Number) as [number, number, number]
  // A leap second is allowed by the grammar (second 60).
  if (date < 1 || date > 31 || hour > 23 || minute > 59 || second > 60) return null
  const midnight = Date.UTC(year, MONTHS.indexOf(month), date)
  // Date.UTC rolls 31 February over into March.
  if (new Date(midnight).getUTCDate() !== date) return null
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000
}

/** A two-digit year that seems to lie more than 50 years ahead is of the past (RFC 9110 §5.6.7). */
function fullYear(year: number): number {
  const now = new Date().getUTCFullYear()
  const guess = now - (now % 100) + year
  return guess > now + 50 ? guess - 100 : guess
}
