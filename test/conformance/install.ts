/**
 * Puts the public suite from npm (cache-tests.fyi) into a folder of its own, once; nothing of it is in this project.
 *
 * It depends on an old `npm`. Without links to its executables that one can shadow no other, whatever PATH says.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGE = 'http-cache-tests'
const VERSION = '0.4.5'

const FLAGS = ['--save-exact', '--no-bin-links', '--ignore-scripts', '--no-audit', '--no-fund']

/** The folder of the suite. */
export function install(): string {
  const folder = fileURLToPath(new URL(`../../node_modules/.cache/${PACKAGE}-${VERSION}/`, import.meta.url))
  // npm writes it last: a folder without one is an installation that was cut short.
  const complete = join(folder, 'node_modules/.package-lock.json')
  if (!existsSync(complete)) {
    console.log(`installing ${PACKAGE}@${VERSION} into ${folder}`)
    mkdirSync(folder, { recursive: true })
    // Without it npm would take the nearest package above for the one to install into.
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    const args = ['install', '--prefix', folder, ...FLAGS, `${PACKAGE}@${VERSION}`]
    const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0 || !existsSync(complete)) throw new Error(`npm could not install ${PACKAGE}@${VERSION}`)
  }
  return join(folder, 'node_modules', PACKAGE)
}
