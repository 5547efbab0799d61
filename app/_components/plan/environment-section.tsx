import type { EnvPlan } from '@/server/contract/plan.ts'
import { Input } from '../ui/input'
import { Mono, Section } from './section'

/** Prefix of the secret fields' names in the form. */
export const SECRET_FIELD = 'secret:'

/**
 * Names and origins. What is asked for has a field where `ask` is set; the fields are uncontrolled, so that a secret is
 * in the page's form and nowhere else.
 */
export function EnvironmentSection({ env, ask }: { env: readonly EnvPlan[]; ask: boolean }) {
  return (
    <Section title="Environment" about={env.length === 0 ? undefined : 'values of secrets are in no plan, log or file'}>
      {env.length === 0 ? (
        <p className="text-data text-muted">No variables are set.</p>
      ) : (
        <ul className="divide-y rounded-control border text-data">
          {env.map((variable) => (
            <li
              key={variable.name}
              className="grid grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)_minmax(0,0.8fr)] items-center gap-x-3 gap-y-1 px-3 py-2 @max-xl:grid-cols-1"
            >
              <Mono className="[overflow-wrap:anywhere]">{variable.name}</Mono>
              <span className="min-w-0 [overflow-wrap:anywhere]">
                <Value variable={variable} ask={ask} />
              </span>
              <span className="text-caption text-dim [overflow-wrap:anywhere] @xl:text-right">
                from {variable.from}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function Value({ variable, ask }: { variable: EnvPlan; ask: boolean }) {
  switch (variable.origin) {
    case 'literal':
    case 'provider':
      return variable.value === '' ? <span className="text-dim">empty</span> : <Mono>{variable.value}</Mono>
    case 'host':
      return (
        <span className="text-muted">
          secret, from your <Mono className="text-ink">${variable.hostName}</Mono>
        </span>
      )
    case 'asked':
      return ask ? (
        <Input
          type="password"
          name={`${SECRET_FIELD}${variable.name}`}
          required
          aria-label={variable.name}
          placeholder={variable.message || 'Value for this run'}
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          data-1p-ignore
          data-lpignore="true"
          mono
          className="scroll-my-32 group-data-tried/tried:invalid:border-failed"
        />
      ) : (
        <span className="text-muted">secret, typed at launch</span>
      )
  }
}
