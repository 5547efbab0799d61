import type { ManifestDocument, ManifestList } from '../contract/manifest.ts'
import { document } from './document.ts'
import { list } from './list.ts'
import type { LaunchChoice, ResolvedRequest } from './request.ts'
import { type ResolveInputs, resolve } from './resolve.ts'
import { writeStarter } from './starter.ts'

/** The manifests of one home. Files are read at every call: what is on disk is what counts. */
export interface Manifests {
  /** Everything there is to choose from, broken files included. */
  list(workspace?: string): Promise<ManifestList>
  /** One file as it was understood. @throws UnknownAgentError, BadInputError when it is not there */
  get(kind: 'agent' | 'bottle', name: string, workspace?: string): Promise<ManifestDocument>
  /** From a choice to a request. @throws UnknownAgentError, BadInputError, ManifestError */
  resolve(choice: LaunchChoice, inputs: Omit<ResolveInputs, 'home'>): Promise<ResolvedRequest>
  /** Writes the starter set, never over a file. @returns what was written, relative to the home */
  writeStarter(): Promise<readonly string[]>
}

/** @param home absolute path of the operator's home */
export const createManifests = ({ home }: { home: string }): Manifests => ({
  list: (workspace) => list(home, workspace),
  get: (kind, name, workspace) => document(kind, name, { home, workspace }),
  resolve: (choice, inputs) => resolve(choice, { ...inputs, home }),
  writeStarter: () => writeStarter(home),
})
