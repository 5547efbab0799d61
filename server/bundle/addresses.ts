/** Who has which address in a bottle's internal network. `.1` is the gateway's, which the bridge does not have. */
const BUNDLE = 2
const AGENT = 3

export interface BottleAddresses {
  gateway: string
  bundle: string
  agent: string
}

/** @param subnet IPv4 in prefix notation, `10.209.3.16/28`; its addresses follow from it */
export function addressesIn(subnet: string): BottleAddresses {
  const [network = ''] = subnet.split('/')
  const bytes = network.split('.').map(Number)
  const at = (n: number) => [...bytes.slice(0, 3), bytes[3]! + n].join('.')
  return { gateway: at(1), bundle: at(BUNDLE), agent: at(AGENT) }
}
