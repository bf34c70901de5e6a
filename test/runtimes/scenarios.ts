/**
 * The portable suite: what must be the same on Node, workerd, Deno and Bun, byte for byte.
 */
import { answers } from './scenarios/answers.ts'
import { bytes } from './scenarios/bytes.ts'
import { clears } from './scenarios/clears.ts'
import { keys } from './scenarios/keys.ts'
import { memos } from './scenarios/memos.ts'
import { odd } from './scenarios/odd.ts'
import { reads } from './scenarios/reads.ts'
import { replays } from './scenarios/replays.ts'
import { urls } from './scenarios/urls.ts'
import { type Account, perform, type Scenario } from './stage.ts'

export const scenarios: Readonly<Record<string, Scenario>> = {
  ...urls,
  ...keys,
  ...answers,
  ...clears,
  ...reads,
  ...replays,
  ...memos,
  ...bytes,
  ...odd,
}

/** By scenario, what happened; or the error that ended it, which must be the same as well. */
export type Accounts = Readonly<Record<string, Account | { readonly failed: string }>>

/** One after the other, since each sets the time. */
export async function performAll(): Promise<Accounts> {
  const accounts: Record<string, Accounts[string]> = {}
  for (const [name, scenario] of Object.entries(scenarios)) {
    accounts[name] = await perform(scenario).catch((error: unknown) => ({ failed: String(error) }))
  }
  return accounts
}
