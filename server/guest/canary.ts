import { randomBytes } from 'node:crypto'

/** Looks like a key, so that whoever collects keys takes it along; it opens nothing. */
export const newCanary = (): string => `bbk_${randomBytes(24).toString('base64url')}`
