/** A failure of smolvm's own: one line `Error: …` on standard error, exit code 1. */
export class Failure extends Error {
  override name = 'Failure'
}

/** A record that is not there. Upstream's text is a hint only; the exit code is what counts. */
export const notFound = (name: string): Failure => new Failure(`vm not found: ${name}`)

/** Something inside the machine, or between it and us, did not work. */
export const agentFailed = (operation: string, why: string): Failure =>
  new Failure(`agent operation failed: ${operation}: ${why}`)

export const configFailed = (operation: string, why: string): Failure =>
  new Failure(`config operation failed: ${operation}: ${why}`)

/** What the real program can and the double does not: said loudly, so that no test passes for the wrong reason. */
export const notImitated = (what: string): Failure => new Failure(`fake-smolvm does not imitate ${what}`)
