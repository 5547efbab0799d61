import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TokenSlot } from '../contract/plan.ts'
import { codexLogin } from './codex/host-login.ts'
import type { GuestFile } from './guest-file.ts'

/** A login of this machine, taken apart: the secret for egress, and what the guest gets in its place. */
export interface HostLogin {
  /** An account's session, or an API key: they lead to different hosts. */
  kind: 'account' | 'api-key'
  /** The token itself. In memory only. */
  token: string
  /** Epoch milliseconds; null where it does not expire. */
  expiresAt: number | null
  /** The login in its own shape, without any secret. */
  guestFiles: readonly GuestFile[]
}

/** Why a login cannot be used, and what to do. No part of the login is in either. */
export interface LoginProblem {
  /** Of the plan's blocker. */
  code: 'missing-host-login' | 'unusable-host-login'
  message: string
  fix: string
}

type ReadLogin = (text: string, now: number) => HostLogin | LoginProblem

/** Providers whose login on this machine can be forwarded. */
const READERS: ReadonlyMap<string, ReadLogin> = new Map([['codex', codexLogin]])

export type LoginSource = Extract<TokenSlot['source'], { kind: 'host-login' }>

export const CODEX_LOGIN: LoginSource = { kind: 'host-login', provider: 'codex', file: '~/.codex/auth.json' }
/** Where a provider keeps its login on this machine; null when it has none that could be forwarded. */
export const loginSource = (provider: string): LoginSource | null =>
  provider === CODEX_LOGIN.provider ? CODEX_LOGIN : null

/**
 * Reads a login of this machine. Reads one file and nothing else: a login is never renewed here, because renewing it
 * would end the operator's own session.
 *
 * @param userHome absolute path of the user's own home, which `~` stands for
 * @param now epoch milliseconds
 */
export async function readHostLogin(
  { provider, file }: LoginSource,
  userHome: string,
  now: number,
): Promise<HostLogin | LoginProblem> {
  const read = READERS.get(provider)
  if (!read)
    return {
      code: 'unusable-host-login',
      message: `A login of ${provider} cannot be forwarded.`,
      fix: 'Remove forward_host_credentials.',
    }
  let text: string
  try {
    text = await readFile(join(userHome, file.replace(/^~\//, '')), 'utf8')
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return absent
      ? {
          code: 'missing-host-login',
          message: `This machine has no login of ${provider} to forward: ${file} is not there.`,
          fix: `Log in on this machine: ${provider} login.`,
        }
      : {
          code: 'unusable-host-login',
          message: `The login of ${provider} in ${file} cannot be read.`,
          fix: `Make it readable: chmod 600 ${file}.`,
        }
  }
  return read(text, now)
}
