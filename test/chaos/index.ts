/**
 * `npm run chaos [minutes] [seed]`: ten minutes of load and faults, and what became of them. Ends with an error if an
 * answer was wrong, too old or too late, or memory grew; the seed gives the same faults in the same order.
 */
import { chaos } from './chaos.ts'
import { print } from './report.ts'

const [minutes = '10', seed = String(Date.now())] = process.argv.slice(2)
console.log(`seed ${seed}, ${minutes} min`)
const report = await chaos({ seed, seconds: Number(minutes) * 60 })
console.log(print(report))
process.exit(report.violations.length > 0 ? 1 : 0)
