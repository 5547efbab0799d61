import type { BundleNews } from '../../../server/contract/bundle.ts'

/**
 * What a daemon may tell the supervisor on descriptor 4, one line of JSON each. `up`: it serves, with the secrets that
 * were last handed to it.
 */
export type DaemonLine = Extract<BundleNews, { kind: 'audit' | 'table' | 'lost' }> | { kind: 'up' }
