import type { ArgsSpec } from '../cli/parse-args.ts'
import { UsageError } from '../cli/usage-error.ts'
import { parseCidr } from '../network/cidr.ts'
import type { Profile } from '../profile.ts'
import { nameBySpec } from './names.ts'

const number = (flag: string) => (value: string) => {
  if (!/^\d+$/.test(value)) {
    throw new UsageError(`invalid value '${value}' for '--${flag}': invalid digit found in string`)
  }
}
const backend = (value: string) => {
  if (value === 'tsi' || value === 'virtio-net') return
  throw new UsageError(`invalid value '${value}' for '--net-backend <BACKEND>'\n  [possible values: tsi, virtio-net]`)
}
const allowHost = (value: string) => {
  if (!/:\d+$/.test(value)) return
  throw new UsageError(`invalid value '${value}' for '--allow-host <HOST>': a port is not allowed here`)
}

/** Flags of `machine create`. */
export function createSpec(profile: Profile): ArgsSpec {
  const name = nameBySpec(profile, true)
  const modern = profile.has('named machines')
  return {
    usage: `smolvm machine create [OPTIONS]${modern ? ' [-- <COMMAND>...]' : ' [NAME]'}`,
    positionals: name.positionals ?? [],
    rest: modern ? 'optional' : 'none',
    conflicts: [
      ['from', 'image'],
      ['from', 'smolfile'],
    ],
    options: [
      ...name.options,
      { long: 'image', short: 'I', value: 'IMAGE' },
      { long: 'from', value: 'PATH' },
      { long: 'smolfile', short: 's', value: 'PATH' },
      { long: 'cpus', value: 'N', check: number('cpus <N>') },
      { long: 'mem', value: 'MIB', check: number('mem <MIB>') },
      { long: 'storage', value: 'GIB', check: number('storage <GIB>') },
      { long: 'overlay', value: 'GIB', check: number('overlay <GIB>') },
      { long: 'volume', short: 'v', value: 'HOST:GUEST', repeat: true },
      { long: 'port', short: 'p', value: 'HOST:GUEST', repeat: true },
      { long: 'net' },
      { long: 'net-backend', value: 'BACKEND', check: backend },
      { long: 'allow-cidr', value: 'CIDR', repeat: true, check: parseCidr },
      { long: 'allow-host', value: 'HOST', repeat: true, check: allowHost },
      { long: 'outbound-localhost-only' },
      { long: 'init', value: 'CMD', repeat: true },
      { long: 'env', short: 'e', value: 'K=V', repeat: true },
      { long: 'workdir', short: 'w', value: 'DIR' },
      { long: 'ssh-agent' },
      { long: 'gpu' },
      { long: 'gpu-vram', value: 'MIB' },
      ...(profile.has('secret flags')
        ? [
            { long: 'secret-env', value: 'K=VAR', repeat: true },
            { long: 'secret-file', value: 'K=PATH', repeat: true },
          ]
        : []),
      ...(profile.has('labels') ? [{ long: 'label', value: 'K=V', repeat: true }] : []),
    ],
  }
}
