import type { ContainerCreateOptions } from 'dockerode'
import { EGRESS_PORT, ROUTES_FOLDER } from '../contract/bundle.ts'
import type { BottleSlug } from '../contract/ids.ts'
import { labelsOf, sidecarsName } from '../engine/names.ts'

/** Seconds from SIGTERM to SIGKILL: the supervisor gives its daemons as long. */
export const BUNDLE_GRACE_SECONDS = 8

/** What a bundle's container is made of. */
export interface BundleParts {
  slug: BottleSlug
  home: string
  /** Id of the image. */
  image: string
  /** Id of the internal network, and the bundle's fixed address there. */
  internal: { network: string; address: string }
  /** Address of this machine on which its ports are published; null: on none. */
  published: string | null
  /** Absolute path on the host of the folder in which `routes.yaml` is. */
  routesFolder: string
}

/**
 * The bundle's container: read-only, without privileges but those that the supervisor needs to change user, and without
 * any secret: those come on its standard input. Compare with the golden list in `sidecars.docker.test.ts`.
 */
export const bundleContainer = (parts: BundleParts): ContainerCreateOptions => ({
  name: sidecarsName(parts.slug),
  Image: parts.image,
  Hostname: 'bundle',
  Labels: labelsOf(parts.slug, 'sidecars', parts.home),
  Tty: false,
  OpenStdin: true,
  // Secrets may be handed over again: the input stays open when one who wrote to it goes away.
  StdinOnce: false,
  AttachStdin: true,
  StopTimeout: BUNDLE_GRACE_SECONDS,
  NetworkingConfig: {
    EndpointsConfig: {
      [parts.internal.network]: { IPAMConfig: { IPv4Address: parts.internal.address } },
    },
  },
  ...(parts.published !== null && { ExposedPorts: { [`${EGRESS_PORT}/tcp`]: {} } }),
  HostConfig: {
    ...(parts.published !== null && {
      PortBindings: { [`${EGRESS_PORT}/tcp`]: [{ HostIp: parts.published, HostPort: String(EGRESS_PORT) }] },
    }),
    Init: true,
    NetworkMode: parts.internal.network,
    ReadonlyRootfs: true,
    Privileged: false,
    IpcMode: 'private',
    CapDrop: ['ALL'],
    CapAdd: ['SETUID', 'SETGID', 'KILL'],
    SecurityOpt: ['no-new-privileges'],
    Binds: [`${parts.routesFolder}:${ROUTES_FOLDER}:ro`],
    Tmpfs: { '/run': 'rw,noexec,nosuid,nodev,size=4m,mode=0755', '/tmp': 'rw,noexec,nosuid,nodev,size=16m,mode=1777' },
    PidsLimit: 128,
    Memory: 512 * 2 ** 20,
    MemorySwap: 512 * 2 ** 20,
    RestartPolicy: { Name: 'no' },
    LogConfig: { Type: 'local', Config: { 'max-size': '8m', 'max-file': '3', compress: 'false' } },
  },
})
