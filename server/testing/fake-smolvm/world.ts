import type { World } from './cli/command.ts'
import { Engine } from './engine/engine.ts'
import { readKnobs } from './knobs.ts'
import type { Profile } from './profile.ts'
import { databaseOf, dataDirOf, homeDigest } from './record/places.ts'
import { MachineStore } from './record/store.ts'

export function makeWorld(profile: Profile): World {
  const dataDir = dataDirOf(profile)
  let store: Promise<MachineStore> | undefined
  let engine: Promise<Engine> | undefined
  return {
    profile,
    knobs: readKnobs(),
    dataDir,
    home: homeDigest(dataDir),
    store: () => (store ??= MachineStore.open(databaseOf(dataDir))),
    engine: () => (engine ??= Engine.connect()),
    say: (line) => void process.stdout.write(`${line}\n`),
    warn: (line) => void process.stderr.write(`${line}\n`),
  }
}
