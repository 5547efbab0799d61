import type { ImageInspectInfo } from 'dockerode'

/**
 * How an image starts and what it sets, as the image that the bottle began with had it: nothing of the run is in it,
 * neither its proxy, its canary, its placeholders nor its command.
 */
export const cleanConfig = ({ Env, Cmd, Entrypoint, User, WorkingDir }: ImageInspectInfo['Config']) => ({
  Env: Env ?? [],
  Cmd: Cmd ?? [],
  // An empty list replaces the container's; null would leave it in place.
  Entrypoint: Entrypoint ?? [],
  User: User ?? '',
  WorkingDir: WorkingDir ?? '/',
})

/**
 * The variables for a commit. The engine adds what the container has and the list lacks; a name without a value keeps it
 * from that, and unsets the variable where the image is run.
 */
export function withoutRun(ofImage: readonly string[] | null, ofContainer: readonly string[] | null): string[] {
  const kept = ofImage ?? []
  const names = new Set(kept.map(nameIn))
  return [...kept, ...(ofContainer ?? []).map(nameIn).filter((name) => !names.has(name))]
}

const nameIn = (variable: string): string => variable.split('=', 1)[0]!
