import type { Args, ArgsSpec } from '../cli/parse-args.ts'
import type { Profile } from '../profile.ts'

type Option = ArgsSpec['options'][number]

/** `start`, `stop`, `status`, `exec`: the name is a flag in every version. */
export const nameFlag: Option = { long: 'name', short: 'n', value: 'NAME' }
/** `exec` has no short form. */
export const longNameFlag: Option = { long: 'name', value: 'NAME' }

/** `create`, `delete`, `data-dir`: a positional until 1.0.1, a flag since 1.0.2, each refused by the other. */
export const nameBySpec = (profile: Profile, optional: boolean): Pick<ArgsSpec, 'options' | 'positionals'> =>
  profile.has('named machines')
    ? { options: [nameFlag], positionals: [] }
    : { options: [], positionals: [optional ? 'NAME?' : 'NAME'] }

export const nameOf = (args: Args): string | undefined => args.one('name') ?? args.positional(0)
export const DEFAULT_NAME = 'default'
