import { count } from '@/app/_lib/format'
import { keyWords } from '@/app/_lib/plan-words'
import type { GitGatePlan } from '@/server/contract/plan.ts'
import { Fact, Facts, Mono, Section } from './section'

/** Repositories that it may fetch from and, after a scan, push to. */
export function GitSection({ git }: { git: GitGatePlan | null }) {
  const identity = [git?.user.name, git?.user.email && `<${git.user.email}>`].filter(Boolean).join(' ')
  return (
    <Section
      title="Git"
      about={
        git && git.repos.length > 0
          ? `${count(git.repos.length, 'repository', 'repositories')}, every push is scanned first`
          : undefined
      }
    >
      {!git || git.repos.length === 0 ? (
        <p className="text-data text-muted">
          No repository is declared, so nothing can be pushed.
          {identity && (
            <>
              {' '}
              Commits are made as <span className="text-ink">{identity}</span>.
            </>
          )}
        </p>
      ) : (
        <Facts>
          {identity && <Fact name="Commits as">{identity}</Fact>}
          {git.repos.map((repo) => (
            <Fact key={repo.name} name={repo.name}>
              <Mono>{repo.url}</Mono>
              <p className="mt-0.5 text-caption text-dim">
                {keyWords(repo.key)}; host key {repo.hostKey ? 'pinned' : 'from your known_hosts'}
              </p>
            </Fact>
          ))}
        </Facts>
      )}
    </Section>
  )
}
