import type { Command } from '../cli/command.ts'
import { cp } from './cp.ts'
import { create } from './create.ts'
import { dataDir } from './data-dir.ts'
import { remove } from './delete.ts'
import { egressEvents } from './egress-events.ts'
import { exec, shell } from './exec.ts'
import { ls } from './ls.ts'
import { packCreate } from './pack-create.ts'
import { start } from './start.ts'
import { status } from './status.ts'
import { stop } from './stop.ts'

/** By group and name; the second and later names are aliases. */
export const COMMANDS: Readonly<Record<string, Readonly<Record<string, Command>>>> = {
  machine: {
    create,
    start,
    stop,
    delete: remove,
    rm: remove,
    status,
    ls,
    list: ls,
    exec,
    shell,
    sh: shell,
    cp,
    'data-dir': dataDir,
    'egress-events': egressEvents,
  },
  pack: { create: packCreate },
}
export const GROUP_ALIASES: Readonly<Record<string, string>> = { vm: 'machine' }
