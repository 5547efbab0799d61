import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { agentFailed } from '../failure.ts'
import { GATEWAY, GUEST, type Policy, rulesOf, UPLINK } from './rules.ts'

/**
 * Two network namespaces: the machine's, with one interface, and its gateway's, with the rules. The gateway's lives as
 * long as `tail` in it, and that as long as the machine's first process: whatever kills the machine, nothing is left.
 * From the gateway on a user-mode network makes the connections anew, as the host: nothing of the host is changed.
 */
const SCRIPT = `set -eu
machine=$1 log=$2 loopback=$3
exec 3< <(exec setsid unshare --net tail --pid="$machine" -f /dev/null 2>/dev/null)
gateway=$!
own=$(readlink /proc/self/ns/net)
while [ "$(readlink "/proc/$gateway/ns/net")" = "$own" ]; do sleep 0.005; done
nsenter --net="/proc/$gateway/ns/net" sh -ec '
  ip link set lo up
  ip link add guest0 type veth peer name eth0 netns "$1"
  ip addr add ${GATEWAY}/30 dev guest0
  ip link set guest0 up
  echo 1 > /proc/sys/net/ipv4/ip_forward
  nft -f -' sh "$machine"
# 127/8 goes the way of all other addresses, on both sides: neither has a loopback of its own then.
shared='ip route flush table local root 127.0.0.0/8
  echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet
  echo 1 > /proc/sys/net/ipv4/conf/all/accept_local
  echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter'
[ -z "$loopback" ] || nsenter --net="/proc/$gateway/ns/net" sh -ec "$shared"
coproc slirp { exec setsid slirp4netns --configure --mtu=65520 --cidr=${UPLINK.cidr} --exit-fd=3 --ready-fd=1 "$gateway" tap0 2>"$log"; }
read -r -n 1 -u "\${slirp[0]}" || { cat "$log" >&2; exit 1; }
nsenter --net="/proc/$machine/ns/net" sh -ec '
  ip addr add ${GUEST}/30 dev eth0
  ip link set eth0 up
  ip route add default via ${GATEWAY}'
[ -z "$loopback" ] || nsenter --net="/proc/$machine/ns/net" sh -ec "$shared"
echo "$gateway"
`

/**
 * Connects a machine to the world, with its policy in force before the first packet can leave.
 *
 * @param pid the machine's first process, as the host numbers it
 * @returns the process in whose namespace the gateway is
 * @throws Failure when this host cannot do it: needs root, nftables, slirp4netns
 */
export async function uplink(pid: number, policy: Policy, log: string): Promise<number> {
  if (process.getuid?.() !== 0) throw agentFailed('network', 'the double enforces policies as root only')
  const script = spawn('bash', ['-c', SCRIPT, 'uplink', String(pid), log, policy.sharedLoopback ? 'shared' : ''])
  script.stdin.end(rulesOf(policy))
  const [gateway, why, code] = await Promise.all([
    text(script.stdout),
    text(script.stderr),
    new Promise<number | null>((resolve, reject) => script.once('exit', resolve).once('error', reject)),
  ])
  if (code !== 0) throw agentFailed('network', `the gateway did not come up: ${why.trim()}`)
  return Number(gateway)
}
