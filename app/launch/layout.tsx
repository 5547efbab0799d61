import type { ReactNode } from 'react'
import { PageBody } from '../_components/frame/page-body'
import { PageHeader } from '../_components/frame/page-header'
import { AgentList } from '../_components/launch/agent-list'
import { agentSummary } from '../_lib/agent-summary'
import { api } from '../_lib/api'

/** The agents stay at the left while one after the other is looked at; on a phone they are a page of their own. */
export default async function LaunchLayout({ children }: { children: ReactNode }) {
  const manifests = await api().manifests.list({})
  return (
    <PageBody className="flex flex-col pb-0">
      <PageHeader
        title="Launch"
        about="Review what an agent will do. Nothing is built or started before you confirm."
      />
      <div className="grid flex-1 grid-cols-[256px_minmax(0,1fr)] gap-8 max-xl:grid-cols-[200px_minmax(0,1fr)] max-xl:gap-6 max-sm:block">
        <AgentList agents={manifests.agents.map(agentSummary)} />
        {children}
      </div>
    </PageBody>
  )
}
