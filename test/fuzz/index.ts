/**
 * `npm run fuzz [seed] [inputs]`: a million inputs for every parser, or as many as twenty seconds allow. Ends with an
 * error if a parser throws or returns what it must not, or if the time was too short.
 */
import { fuzz } from './fuzz.ts'
import { PARSERS } from './parsers.ts'

const [seed = String(Date.now()), count = '1000000'] = process.argv.slice(2)
const inputs = Number(count)
const SECONDS = 20

console.log(`seed ${seed}`)
let short = 0
for (const parser of PARSERS) {
  const run = fuzz(parser, seed, inputs, SECONDS)
  if (run.inputs < inputs) short++
  console.log(
    `${parser.name.padEnd(18)} ${run.inputs.toLocaleString('en').padStart(10)} inputs ${run.seconds.toFixed(1).padStart(5)} s`,
  )
}
if (short > 0) {
  console.error(`${short} of ${PARSERS.length} parsers had too little time`)
  process.exitCode = 1
}
