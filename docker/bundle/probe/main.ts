import type { ProbeInput } from '../../../server/contract/probe.ts'
import { runChecks } from './checks.ts'

// Run by `node --input-type=module -` inside the bottle. The line that sets the input was put before this script.
// A server that was started before this was built does not tell the pace.
const input: ProbeInput = { pace: 'prompt', ...Reflect.get(globalThis, 'probeInput') }
void runChecks(input).then((checks) =>
  // Not `process.exit`: that waits for name look-ups that hang in the thread pool, a second after everything is said.
  process.stdout.write(`${JSON.stringify(checks)}\n`, () => process.kill(process.pid, 'SIGKILL')),
)
