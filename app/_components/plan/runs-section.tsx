import { count, formatBytes, quoteArg, shortDigest } from '@/app/_lib/format'
import { limitWords } from '@/app/_lib/plan-words'
import type { BottlePlan } from '@/server/contract/plan.ts'
import { CopyButton } from '../ui/copy-button'
import { Fact, Facts, Mono, Section } from './section'

/** Image, command, prompt, skills, workspace, limits. */
export function RunsSection({ plan }: { plan: BottlePlan }) {
  const command = plan.provider.argv.map(quoteArg).join(' ')
  const settings = Object.entries(plan.provider.settings)
  return (
    <Section title="Runs" about={`${plan.agent.name} with ${plan.provider.name}`}>
      <Facts>
        <Fact name="Agent">
          <Mono>{plan.agent.file}</Mono>
          {plan.agent.source === 'workspace' && <span className="text-muted"> from the workspace</span>}
        </Fact>
        <Fact name={plan.bottles.length === 1 ? 'Bottle' : 'Bottles'}>
          <Mono>{plan.bottles.join(' → ')}</Mono>
          {plan.bottles.length > 1 && <span className="text-muted"> folded in this order, later wins</span>}
        </Fact>
        <Fact name="Image">
          <Mono>{plan.image.reference}</Mono>
          <p className="mt-0.5 text-caption text-dim">
            from <Mono>{plan.image.dockerfile}</Mono> on <Mono>{plan.image.base}</Mono>
          </p>
        </Fact>
        <Fact name="Command" className="flex items-start gap-1">
          <Mono className="min-w-0">
            {/* A line breaks between arguments and not inside one at a dash. */}
            {plan.provider.argv.map((arg, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an argument is its place
              <span key={n} className="mr-[1ch] inline-block max-w-full whitespace-pre-wrap">
                {quoteArg(arg)}
              </span>
            ))}
          </Mono>
          <CopyButton text={command} label="Copy the command" className="-my-1 size-6" />
        </Fact>
        {settings.length > 0 && (
          <Fact name="Settings">
            {settings.map(([name, value]) => (
              <p key={name}>
                <Mono>
                  {name}: {JSON.stringify(value)}
                </Mono>
              </p>
            ))}
          </Fact>
        )}
        <Fact name="Prompt">
          {plan.prompt.text.trim() === '' ? (
            <span className="text-muted">None. The agent file has no text below its frontmatter.</span>
          ) : (
            <Prompt prompt={plan.prompt} />
          )}
        </Fact>
        <Fact name="Skills">
          {plan.skills.length === 0 ? (
            <span className="text-muted">None</span>
          ) : (
            <ul className="space-y-1">
              {plan.skills.map((skill) => (
                <li key={skill.name} className="flex flex-wrap gap-x-2">
                  <Mono>{skill.name}</Mono>
                  <span className="text-dim">
                    {count(skill.files, 'file')}, {formatBytes(skill.bytes)},{' '}
                    <Mono>{shortDigest(skill.digest, 8)}</Mono>
                  </span>
                </li>
              ))}
              <li className="text-caption text-dim">
                in <Mono>{plan.provider.skillsPath}</Mono>
              </li>
            </ul>
          )}
        </Fact>
        <Fact name="Workspace">
          {plan.workspace.mode === 'none' ? (
            <>
              <span>None.</span>{' '}
              <span className="text-muted">
                {plan.resume?.frozen ? 'The agent goes on in ' : 'The agent starts in an empty '}
              </span>
              <Mono>{plan.workspace.guestPath}</Mono>
            </>
          ) : (
            <>
              <Mono>{plan.workspace.path}</Mono>
              <span className="text-muted">{plan.resume?.frozen ? ' as it was frozen in ' : ' copied to '}</span>
              <Mono>{plan.workspace.guestPath}</Mono>
              <p className="mt-0.5 text-caption text-dim">
                {plan.resume?.frozen
                  ? 'The bottle’s own copy, with what the agent changed. It is not copied again.'
                  : 'Without what .gitignore leaves out. The original is not changed by anything in the bottle.'}
              </p>
            </>
          )}
        </Fact>
        <Fact name="Limits">{limitWords(plan.limits, plan.backend === 'smolmachines' ? plan.size : undefined)}</Fact>
      </Facts>
    </Section>
  )
}

/** The whole text is there, folded when it is long. */
function Prompt({ prompt }: { prompt: BottlePlan['prompt'] }) {
  const text = prompt.text.trimEnd()
  const long = text.length > 280 || text.split('\n').length > 4
  const body = (
    <pre className="machine mt-2 max-h-96 overflow-auto whitespace-pre-wrap rounded-control bg-sunken px-3 py-2.5 text-log">
      {text}
    </pre>
  )
  const facts = (
    <>
      {count(text.split('\n').length, 'line')}{' '}
      <span className="text-dim">
        in <Mono>{prompt.guestPath}</Mono>, <Mono>{shortDigest(prompt.digest, 8)}</Mono>
      </span>
    </>
  )
  return long ? (
    <details>
      <summary className="rounded-small marker:text-dim">{facts}</summary>
      {body}
    </details>
  ) : (
    <>
      <p>{facts}</p>
      {body}
    </>
  )
}
