import type { GitKey, Limits, RouteMatch } from '@/server/contract/manifest.ts'
import type { BottlePlan, MachineSize, RoutePlan, TokenSlot } from '@/server/contract/plan.ts'

/** What a plan says, in the operator's words. Pure: the confirmation page and a bottle's plan tab say the same. */

/** `2 CPUs · 4g memory · 512 processes`. */
export function limitWords(limits: Limits, machine?: MachineSize): string {
  const cpus = machine?.cpus ?? limits.cpus
  return [
    `${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`,
    `${limits.memory} of memory`,
    `${limits.pids} processes`,
    machine ? machineDisk(limits, machine) : limits.disk ? `${limits.disk} of disk` : 'disk not limited',
  ].join(' · ')
}

/** A machine's disks have a size always, in whole GiB. */
const machineDisk = ({ disk }: Limits, { storageGiB }: MachineSize): string =>
  disk ? `${storageGiB} GiB for each of its two disks` : `${storageGiB} GiB of disk, smolvm’s default`

/** `GET POST`, or `any`. */
export const methodWords = (match: RouteMatch | undefined): string =>
  match?.methods && match.methods.length > 0 ? match.methods.join(' ') : 'any'

/** One line per pattern: `/repos/*`, `= /login`, `~ ^/v1/`; `any` where nothing is asked. */
export function pathWords(match: RouteMatch | undefined): string[] {
  const paths = match?.paths ?? []
  if (paths.length === 0) return ['any']
  return paths.map(({ type, value }) => (type === 'prefix' ? `${value}*` : type === 'exact' ? value : `~ ${value}`))
}

export const headerWords = (match: RouteMatch | undefined): string[] =>
  (match?.headers ?? []).map(({ name, value, type }) => `${name}${type === 'regex' ? ' ~ ' : ': '}${value}`)

/** `Bearer from host GITHUB_TOKEN`, never a value. */
export function credentialWords(auth: RoutePlan['auth'], slots: readonly TokenSlot[]): string {
  if (!auth) return 'none'
  const source = slots.find((slot) => slot.slot === auth.slot)?.source
  const from = !source ? auth.slot : source.kind === 'host-env' ? `$${source.name}` : `your ${source.provider} login`
  return `${auth.scheme === 'header' ? auth.header : auth.scheme} from ${from}`
}

const detectors = (list: false | readonly string[]) =>
  list === false ? 'off' : list.length === 0 ? 'all' : list.join(', ')
const ON_MATCH = { supervise: 'asks you', redact: 'cuts it out', block: 'refuses' } as const

/** What scanning does with what leaves; and a second line where what comes back is not scanned in full. */
export function scanWords(scan: RoutePlan['scan']): string[] {
  const out = scan.outbound === false ? 'outbound off' : `${detectors(scan.outbound)}, a hit ${ON_MATCH[scan.onMatch]}`
  const back =
    scan.inbound === false
      ? ['inbound off']
      : scan.onInbound === 'block'
        ? [`inbound ${detectors(scan.inbound)}, a hit cuts the answer`]
        : []
  return [out, ...back]
}

export function keyWords(key: GitKey): string {
  return key.provider === 'static'
    ? `key ${key.path}`
    : `deploy key made at ${key.provider} with $${key.forge_token_env}, revoked at stop`
}

export interface BoundaryWords {
  title: string
  /** Two sentences: what isolates, and what that is worth. */
  text: string
  /** What is otherwise than in a container. */
  also?: readonly string[]
  /** What is not known of it yet; nobody should find that out by reading to the end. */
  unproved?: string
}

const MICRO_VM = {
  title: 'Micro-VM',
  text: 'The agent runs in a virtual machine with a kernel of its own. To get out it would have to break the kernel and then the virtual machine as well.',
  also: [
    'The first launch of an image copies it for the machine, which takes some seconds and its size on the disk.',
    'Memory is given to the machine as it needs it, up to the limit; it has a disk of its own.',
    'Shells beside the agent end with this server; the agent goes on.',
  ],
  unproved:
    'Tried on a double of smolvm so far: no run on a real one has been recorded yet. The boundary probe decides at every launch.',
} satisfies BoundaryWords

export function boundaryWords(plan: BottlePlan): BoundaryWords {
  if (plan.backend === 'smolmachines') {
    const { cannotFreeze } = plan
    return cannotFreeze ? { ...MICRO_VM, also: [...MICRO_VM.also, `It cannot be frozen: ${cannotFreeze}`] } : MICRO_VM
  }
  return plan.runtime === 'runsc'
    ? {
        title: 'Container under gVisor',
        text: 'The agent’s system calls are answered by gVisor, a kernel in user space, and hardly any reach this machine’s own. A micro-VM would put hardware between the two as well.',
      }
    : {
        title: 'Container',
        text: 'The agent shares this machine’s kernel; namespaces, dropped capabilities and a network without a way out keep it inside. A flaw in the kernel could let it out, which a micro-VM would still stop.',
      }
}

export interface MadeName {
  /** What it is. */
  what: string
  /** As a machine reads it; null where there is none. */
  name: string | null
  /** What to know of it. */
  note?: string
}

/** What the launch makes, by the names it will have. */
export function madeNames(plan: BottlePlan): MadeName[] {
  if (plan.backend === 'docker')
    return [
      { what: 'Container', name: plan.container },
      { what: 'Networks', name: `${plan.networks.internal}, ${plan.networks.egress}` },
    ]
  const enforced = ![...plan.blockers, ...plan.warnings].some(({ code }) => code === 'smolvm-unenforced')
  const packed = plan.artifact.kind === 'archive' ? 'The saved image' : 'An artifact that smolvm packs from the image'
  return [
    { what: 'Machine', name: plan.machine },
    {
      what: 'May reach',
      name: plan.allowCidrs.join(', '),
      note: enforced
        ? 'its sidecar bundle, and nothing else'
        : 'its sidecar bundle; this smolvm may not hold it to that',
    },
    { what: 'Network', name: `${plan.network}, ${plan.bundleSubnet}` },
    { what: 'Started from', name: null, note: `${packed}, kept for the next launch.` },
  ]
}

/** The variables that the operator types on the confirmation page. */
export const askedFor = (plan: BottlePlan) => plan.env.filter((variable) => variable.origin === 'asked')
