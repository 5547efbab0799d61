import type { Docker } from '../../engine/docker.ts'
import type { GuestAccess } from '../../guest/guest-access.ts'

const UID = { root: '0:0', node: '1000:1000' } as const

/** A container as a guest. Files go in before it was ever started, too; programs need it to run. */
export const containerGuest = (docker: Docker, container: string): GuestAccess => ({
  unpack: (tar, folder, signal) => docker.putArchive(container, tar, folder, signal),
  run: ({ user, ...command }) => docker.run(container, { ...command, user: UID[user] }),
})
