import type { ContainerCreateOptions, HostConfig } from 'dockerode'
import type { DockerPlan } from '../../contract/plan.ts'
import { labelsOf } from '../../engine/names.ts'
import { GATE_COMMAND, GATE_FOLDER } from './gate.ts'
import { limitOptions } from './limits.ts'

/** What an agent's container is made of besides its plan. */
export interface AgentParts {
  /** Id of the agent image. */
  image: string
  /** Id of the internal network, and the agent's fixed address there. */
  network: string
  address: string
  home: string
  /** Of the engine. */
  cores: number
  /** Plain variables of the guest, none of them secret. */
  env: Readonly<Record<string, string>>
}

/** The types do not know `CgroupnsMode` (API 1.41). */
type AgentOptions = ContainerCreateOptions & { HostConfig: HostConfig & { CgroupnsMode: 'private' } }

/** Everything that holds the agent in. Compare with the golden list in `launch.docker.test.ts`. */
export const agentContainer = (plan: DockerPlan, parts: AgentParts): AgentOptions => ({
  name: plan.container,
  Image: parts.image,
  Hostname: plan.slug,
  // By number: an operator's own image may call its user otherwise.
  User: '1000:1000',
  WorkingDir: plan.workspace.guestPath,
  Entrypoint: [...GATE_COMMAND],
  Cmd: [...plan.provider.argv],
  Env: Object.entries(parts.env).map(([name, value]) => `${name}=${value}`),
  Labels: labelsOf(plan.slug, 'agent', parts.home),
  Tty: true,
  OpenStdin: true,
  // As when a terminal is closed: shells, which ignore SIGTERM, end too.
  StopSignal: 'SIGHUP',
  NetworkingConfig: { EndpointsConfig: { [parts.network]: { IPAMConfig: { IPv4Address: parts.address } } } },
  HostConfig: {
    Init: true,
    Runtime: plan.runtime,
    NetworkMode: parts.network,
    // The engine's own resolver forwards names even from internal networks; here nobody answers, so asking is cut short.
    Dns: ['127.0.0.1'],
    DnsOptions: ['timeout:1', 'attempts:1'],
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    Privileged: false,
    IpcMode: 'private',
    CgroupnsMode: 'private',
    Binds: [],
    Tmpfs: { [GATE_FOLDER]: 'rw,noexec,nosuid,nodev,size=256k,mode=0700,uid=1000,gid=1000' },
    RestartPolicy: { Name: 'no' },
    LogConfig: { Type: 'local', Config: { 'max-size': '8m', 'max-file': '3', compress: 'false' } },
    ...limitOptions(plan.limits, parts.cores),
  },
})
