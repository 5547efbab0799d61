import { access } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { GitRepo, GitUser } from '../../contract/manifest.ts'
import type { GitGatePlan, PlanNotice } from '../../contract/plan.ts'

interface GitGateRequest {
  user: GitUser
  repos: ReadonlyMap<string, GitRepo & { from: string }>
  /** Absolute path of the user's own home, for keys below `~`; absent: such keys are not looked for. */
  userHome?: string
  /** Absolute path of the operator's home, which a relative path of a key is relative to. */
  home: string
}

/** The gate's repositories, ordered by name; null when there is neither one nor an identity. */
export async function planGitGate(request: GitGateRequest): Promise<{
  gitGate: GitGatePlan | null
  /** Host variables with forge tokens. */
  tokens: readonly string[]
  blockers: PlanNotice[]
  warnings: PlanNotice[]
}> {
  const { user } = request
  const entries = [...request.repos].sort(([a], [b]) => (a < b ? -1 : 1))
  const keys = await Promise.all(entries.map(([name, repo]) => keyBlocker(name, repo, request)))
  const warnings = entries
    .filter(([, repo]) => !repo.host_key)
    .map(
      ([name]): PlanNotice => ({
        code: 'host-key-unknown',
        message: `git-gate.repos.${name} has no host_key, so its host is refused unless your known_hosts has it.`,
        fix: 'Add host_key with what `ssh-keyscan -t ed25519 <host>` prints after the host name.',
      }),
    )
  const repos = entries.map(([name, { url, host_key, key }]) => ({ name, url, hostKey: host_key ?? null, key }))
  return {
    gitGate:
      repos.length > 0 || user.name || user.email
        ? { user: { name: user.name ?? null, email: user.email ?? null }, repos }
        : null,
    tokens: entries.flatMap(([, { key }]) => (key.provider === 'static' ? [] : [key.forge_token_env])),
    blockers: keys.filter((each) => each !== null),
    warnings,
  }
}

async function keyBlocker(name: string, { key }: GitRepo, request: GitGateRequest): Promise<PlanNotice | null> {
  if (key.provider !== 'static') return null
  const path = pathOf(key.path, request)
  if (!path) return null
  try {
    await access(path)
    return null
  } catch {
    return {
      code: 'missing-key-file',
      message: `The key of git-gate.repos.${name} is not there: ${key.path}.`,
      fix: 'Correct the path, or make a key with `ssh-keygen -t ed25519`.',
    }
  }
}

function pathOf(written: string, { home, userHome }: GitGateRequest): string | null {
  if (written.startsWith('~/')) return userHome ? join(userHome, written.slice(2)) : null
  return isAbsolute(written) ? written : join(home, written)
}
