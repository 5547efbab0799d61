/** The official slim Node image that every agent image is built on, unless the machine's facts name another. */
export const DEFAULT_BASE_IMAGE = 'node:24-bookworm-slim'
