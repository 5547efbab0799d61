import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'

/** As `Cidr` of the contract, which a library does not know. */
type Network = `${number}.${number}.${number}.${number}/${number}`

/** IPv4 addresses of this machine that another network could see. Loopback is the bottle's own inside a bottle. */
export const hostAddresses = (): string[] => visible().map(({ address }) => address)

/** The same with the size of the network in which each is: `192.168.48.1/20`. */
export const hostNetworks = (): Network[] => visible().flatMap(({ cidr }) => (cidr ? [cidr as Network] : []))

const visible = (): NetworkInterfaceInfo[] =>
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
