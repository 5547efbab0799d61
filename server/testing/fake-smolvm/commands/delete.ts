import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Command, World } from '../cli/command.ts'
import { releaseImage } from '../image/guest-image.ts'
import { removeContainer } from '../machine/container.ts'
import { liveState } from '../machine/live-state.ts'
import { containerName } from '../machine/names.ts'
import { machineDirOf } from '../record/places.ts'
import { nameBySpec, nameOf } from './names.ts'

export const remove: Command = {
  spec(profile) {
    const name = nameBySpec(profile, false)
    const modern = profile.has('named machines')
    return {
      usage: `smolvm machine delete [OPTIONS]${modern ? ' --name <NAME>' : ' <NAME>'}`,
      positionals: name.positionals ?? [],
      options: [...name.options, { long: 'force', short: 'f' }, ...(modern ? [{ long: 'cascade' }] : [])],
    }
  },
  async run(args, world) {
    const name = nameOf(args) ?? 'default'
    const store = await world.store()
    const record = await store.get(name)
    if (!args.has('force') && !(await confirmed(name))) {
      world.say('Cancelled')
      return 0
    }
    const state = liveState(record)
    const alive = state === 'running' || state === 'unreachable'
    if (alive && !world.profile.has('delete stops')) await orphan(world, name)
    else await removeContainer(world, name)
    await store.remove(name)
    await rm(machineDirOf(world.dataDir, name), { recursive: true, force: true })
    if (record.fake_image_id) await releaseImage(world, record.fake_image_id)
    world.say(`Deleted machine: ${name}`)
    return 0
  },
}

/** Before 0.8.1 the machine goes on without a record. The container gives its name free, as the real one does. */
async function orphan(world: World, name: string): Promise<void> {
  const container = containerName(world.home, name)
  const engine = await world.engine()
  await engine.call(
    'POST',
    `/containers/${container}/rename?name=${container}-orphan-${randomBytes(3).toString('hex')}`,
  )
}

/** End of input is a no, and no error: what is not forced and has no input deletes nothing (finding 0.6). */
async function confirmed(name: string): Promise<boolean> {
  process.stdout.write(`Delete machine '${name}'? [y/N] `)
  for await (const line of createInterface({ input: process.stdin })) return /^y(es)?$/i.test(line.trim())
  return false
}
