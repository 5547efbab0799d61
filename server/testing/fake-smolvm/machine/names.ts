/** All containers and images of the double, whosever. */
export const LABEL = 'io.bot-bottle.fake-smolvm'
/** Digest of the data folder. */
export const HOME_LABEL = `${LABEL}.home`
export const MACHINE_LABEL = `${LABEL}.machine`

export const containerName = (home: string, machine: string): string => `fake-smolvm-${home}-${machine}`

/** A tag of ours for an image that we brought, so that it goes when the last machine made from it does. */
export const imageTag = (home: string, id: string): string =>
  `fake-smolvm.invalid/${home}:${id.replace('sha256:', '').slice(0, 16)}`
