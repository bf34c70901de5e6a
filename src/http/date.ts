/**
 * HTTP dates in the three formats of RFC 9110 §5.6.7 and in no other. `Date.parse` takes far more, and something
 * else on every runtime.
 */

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

// "Although all date formats are specified to be case-sensitive, a cache recipient SHOULD match the field value
// case-insensitively" (RFC 9111 §4.2).
const DAY = '(?:mon|tue|wed|thu|fri|sat|sun)'
const DAY_NAME = '(?:mon|tues|wednes|thurs|fri|satur|sun)day'
const MONTH = `(?<month>${MONTHS.join('|')})`
const TIME = '(?<hour>\\d{2}):(?<minute>\\d{2}):(?<second>\\d{2})'

const FORMATS = [
  /** IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT */
  `${DAY}, (?<day>\\d{2}) ${MONTH} (?<year>\\d{4}) ${TIME} gmt`,
  /** RFC 850: Sunday, 06-Nov-94 08:49:37 GMT */
  `${DAY_NAME}, (?<day>\\d{2})-${MONTH}-(?<year>\\d{2}) ${TIME} gmt`,
  /** asctime: Sun Nov  6 08:49:37 1994 */
  `${DAY} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})`,
].map((format) => new RegExp(`^${format}$`))

/** The moment in milliseconds; `null` where the text is not an HTTP date. */
export function parseDate(text: string | null | undefined): number | null {
  if (!text) return null
  const date = text.trim().toLowerCase()
  for (const format of FORMATS) {
    const groups = format.exec(date)?.groups
    if (groups) return momentOf(groups)
  }
  return null
}

function momentOf(groups: Readonly<Record<string, string>>): number | null {
  const [day, hour, minute, second] = ['day', 'hour', 'minute', 'second'].map((name) =>
    Number(groups[name]),
  ) as [number, number, number, number]
  // A leap second is allowed by the grammar (second 60).
  if (hour > 23 || minute > 59 || second > 60) return null
  const midnight = Date.UTC(yearOf(groups.year!), MONTHS.indexOf(groups.month!), day)
  // Date.UTC rolls 31 February over into March, and the day 0 back into January.
  if (new Date(midnight).getUTCDate() !== day) return null
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000
}

/** A two-digit year that seems to lie more than 50 years ahead is of the past (RFC 9110 §5.6.7). */
function yearOf(digits: string): number {
  if (digits.length > 2) return Number(digits)
  const now = new Date().getUTCFullYear()
  const guess = now - (now % 100) + Number(digits)
  return guess > now + 50 ? guess - 100 : guess
}
