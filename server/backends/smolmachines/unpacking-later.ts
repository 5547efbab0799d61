import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { GuestAccess, GuestCommand } from '../../guest/guest-access.ts'
import type { MachineGuest } from './machine-guest.ts'

/** The two empty blocks with which a tar ends. */
const END = 1024

/**
 * A guest that keeps what is to be unpacked until a program is run, and does all of it in one exec. For small files:
 * they are in memory meanwhile. Takes folders below `/` only, and programs of root.
 */
export function unpackingLater(guest: MachineGuest): GuestAccess {
  const waiting: Buffer[] = []
  return {
    async unpack(tar: Readable, folder: string) {
      if (folder !== '/') throw new Error(`Only what is unpacked at / can wait, not ${folder}.`)
      waiting.push(await buffer(tar))
    },
    run(command: GuestCommand) {
      if (command.user !== 'root' || command.stdin) throw new Error('Only a program of root without input can wait.')
      return guest.unpackThen(joined(waiting.splice(0)), '/', command.command, command.signal)
    },
  }
}

/** One archive out of several: the end of one would be the end of all. */
export function joined(tars: readonly Buffer[]): Buffer {
  const open = tars.map((tar) => {
    if (!tar.subarray(-END).every((byte) => byte === 0)) throw new Error('An archive does not end as one.')
    return tar.subarray(0, -END)
  })
  return Buffer.concat([...open, Buffer.alloc(END)])
}
