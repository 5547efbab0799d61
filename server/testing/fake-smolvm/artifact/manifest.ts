/** What an artifact says of itself. Fields are upstream's. */
export interface PackManifest {
  mode: 'container' | 'vm'
  image: string
  /** Of the image's configuration. */
  digest: string
  /** `linux/amd64` */
  platform: string
  entrypoint: readonly string[]
  cmd: readonly string[]
  env: readonly string[]
  workdir: string | null
  cpus: number
  mem: number
  image_size: number
  network: boolean
  gpu: boolean
  host_platform: string
  created: string
  smolvm_version: string
  assets: { layers: readonly { digest: string; path: string; size: number }[]; config: string }
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** Of this host, as images name it. */
export const hostArchitecture = (): string => ARCHITECTURES[process.arch] ?? process.arch
