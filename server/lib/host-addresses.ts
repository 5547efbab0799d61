import { networkInterfaces } from 'node:os'

/** IPv4 addresses of this machine that another network could see. Loopback is the bottle's own inside a bottle. */
export const hostAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flat()
    .filter((address) => address !== undefined && address.family === 'IPv4' && !address.internal)
    .map((address) => address!.address)
