import { lookup, Resolver } from 'node:dns/promises'
import { hostname } from 'node:os'
import type { ProbeInput } from '../../../server/contract/probe.ts'
import { ENGINE_RESOLVER, engineResolver } from './engine-resolver.ts'
import { green, type Outcome, red } from './outcome.ts'
import { PACES } from './pace.ts'
import { within } from './within.ts'

const NAMES = ['example.com', 'host.docker.internal', 'gateway.docker.internal', 'metadata.google.internal']

/**
 * No name is known inside, and none is passed on to somebody who could know it. Datagrams have no order, so a resolver
 * that answers nothing else is listened to for a time; what is refused, as on a loopback where nobody is, is at once.
 */
export async function names({ pace }: ProbeInput): Promise<Outcome> {
  const { silenceMs } = PACES[pace]
  const resolver = (servers?: string[]) => {
    const made = new Resolver({ timeout: silenceMs, tries: 1 })
    if (servers) made.setServers(servers)
    return made
  }
  const [own, engine] = [resolver(), resolver([ENGINE_RESOLVER.host])]
  const asked = NAMES.flatMap((name) => [
    own.resolve4(name).then(() => name),
    engine.resolve4(name).then(() => `${name} by ${ENGINE_RESOLVER.host}`),
    lookup(name).then(() => name),
  ])
  const [byEngine, ...resolved] = await Promise.all([
    engineResolver({ at: ENGINE_RESOLVER, names: NAMES, own: hostname(), silenceMs }),
    ...asked.map((answer) =>
      within(
        answer.catch(() => null),
        silenceMs,
      ),
    ),
  ])
  const known = new Set(resolved.filter((name) => name !== null))
  if (byEngine.kind === 'answered') for (const name of byEngine.names) known.add(`${name} by ${ENGINE_RESOLVER.host}`)
  if (known.size > 0) return red(`Resolved ${[...known].join(', ')}.`)
  if (byEngine.kind === 'asking') return red('The engine’s resolver asks somebody outside, who has not answered yet.')
  return green('No name is resolved inside.')
}
