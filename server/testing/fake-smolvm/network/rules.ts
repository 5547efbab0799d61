import { isIPv4 } from 'node:net'

/** The machine's side and ours, as smolvm numbers them under virtio-net. */
export const GUEST = '100.96.0.2'
export const GATEWAY = '100.96.0.1'
/** The user-mode network behind the gateway: a range for documentation, so that it hides nothing real. */
export const UPLINK = { cidr: '192.0.2.0/24', host: '192.0.2.2', dns: '192.0.2.3' } as const

export interface Policy {
  /** Null: open. */
  allowed: readonly string[] | null
  /** Whether the gateway answers for names. */
  dns: boolean
  /** Whether the gateway's address stands for the host's loopback. */
  hostLoopback: boolean
  /** Whether 127/8 is the host's (TSI: the host makes the guest's connections) and not the guest's own. */
  sharedLoopback: boolean
}

/**
 * Rules of the machine's gateway, which the guest cannot reach: it is a network namespace of its own. Decided by
 * the address that the guest asked for (`ct original`), not by the one it was sent on to.
 */
export function rulesOf({ allowed, dns, hostLoopback, sharedLoopback }: Policy): string {
  const listed = (allowed ?? []).filter((cidr) => isIPv4(cidr.split('/')[0]!))
  const elements = listed.length > 0 ? `elements = { ${listed.join(', ')} }` : ''
  return `
table ip smolvm {
  set denied {
    type inet_proto . ipv4_addr . inet_service
    flags timeout, dynamic
    timeout 1h
    size 4096
  }
  set allowed {
    type ipv4_addr
    flags interval
    auto-merge
    ${elements}
  }
  chain to_host {
    type nat hook prerouting priority dstnat
    iifname "guest0" ip daddr ${GATEWAY} meta l4proto { tcp, udp } th dport 53 dnat to ${UPLINK.dns}
    ${sharedLoopback ? `iifname "guest0" ip daddr 127.0.0.1 meta l4proto { tcp, udp } dnat to ${UPLINK.host}` : ''}
    ${hostLoopback ? `iifname "guest0" ip daddr ${GATEWAY} meta l4proto { tcp, udp } dnat to ${UPLINK.host}` : ''}
  }
  chain as_host {
    type nat hook postrouting priority srcnat
    oifname "tap0" masquerade
  }
  chain to_gateway {
    type filter hook input priority filter
    iifname "guest0" icmp type echo-request accept
    iifname "guest0" drop
  }
  chain refused {
    meta l4proto { tcp, udp } update @denied { meta l4proto . ct original ip daddr . th dport }
    drop
  }
  chain no_names {
    update @denied { meta l4proto . ct original ip daddr . th dport }
    reject
  }
  chain through {
    type filter hook forward priority filter
    policy drop
    ct state established,related accept
    iifname != "guest0" drop
    ct original ip daddr ${GATEWAY} meta l4proto { tcp, udp } th dport 53 ${dns ? 'accept' : 'jump no_names'}
    ct original ip daddr 169.254.0.0/16 jump refused
    ${allowed ? 'ct original ip daddr @allowed accept' : 'accept'}
    jump refused
  }
}
`
}
