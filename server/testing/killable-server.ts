// A server that launches one bottle and then waits to be killed:
//   node --import tsx server/testing/killable-server.ts <home> <extra CA file> <agent> <secrets as JSON>
// Writes the slug, alone on a line, once the agent runs. Run by bundle-keeper.docker.test.ts.
import { RuntimeBench } from './runtime-bench.ts'

const [home = '', extraCa = '', agent = '', secrets = '{}'] = process.argv.slice(2)
const bench = await RuntimeBench.open(home, extraCa)
process.stdout.write(`${await bench.launch(agent, JSON.parse(secrets) as Record<string, string>)}\n`)
await new Promise(() => setInterval(() => {}, 1_000_000))
