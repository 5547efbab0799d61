import { LABEL } from '../../../engine/names.ts'
import type { ParityWorld } from '../../../testing/parity-world.ts'
import { docker } from '../index.ts'
import { TestHome } from './test-home.ts'

export async function dockerParity(): Promise<ParityWorld> {
  const test = await TestHome.create()
  const engine = test.tools.docker
  const ofBottle = (slug: string) => [`${LABEL.slug}=${slug}`]
  return {
    home: test.home,
    backend: docker(test.tools),
    restarted: () => docker(test.tools),
    write: (file, text) => test.write(file, text),
    request: (choice) => test.request(choice),
    facts: async () => test.facts(),
    async kill(slug) {
      const [agent] = await engine.listContainers([...ofBottle(slug), `${LABEL.role}=agent`])
      process.kill((await engine.inspectContainer(agent!.Id))!.State.Pid, 'SIGKILL')
    },
    async traces(slug) {
      const [containers, networks] = await Promise.all([
        engine.listContainers(ofBottle(slug)),
        engine.listNetworks(ofBottle(slug)),
      ])
      return [...containers.map(({ Names }) => Names.join()), ...networks.map(({ Name }) => Name)]
    },
    [Symbol.asyncDispose]: () => test[Symbol.asyncDispose](),
  }
}
