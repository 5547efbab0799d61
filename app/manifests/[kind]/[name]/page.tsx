import { ArrowLeft, Plus } from 'lucide-react'
import type { Metadata } from 'next'
import Link from 'next/link'
import { notFound } from 'next/navigation'
import { ProblemList } from '@/app/_components/manifests/problem-list'
import { ResolvedValues } from '@/app/_components/manifests/resolved-values'
import { SourceFile } from '@/app/_components/manifests/source-file'
import { buttonStyle } from '@/app/_components/ui/button'
import { CopyButton } from '@/app/_components/ui/copy-button'
import { api, orNotFound } from '@/app/_lib/api'
import { manifestName } from '@/server/contract/ids.ts'

interface Props {
  params: Promise<{ kind: string; name: string }>
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { kind, name } = await params
  return { title: `${decodeURIComponent(name)} (${kind})` }
}

/** One file: what is wrong, what it comes to once merged, and the file as it is. */
export default async function ManifestPage({ params }: Props) {
  const { kind, name: encoded } = await params
  const name = manifestName.safeParse(decodeURIComponent(encoded))
  if ((kind !== 'agent' && kind !== 'bottle') || !name.success) notFound()
  const document = await api().manifests.get({ kind, name: name.data }).catch(orNotFound)

  return (
    <div className="min-w-0 space-y-5">
      <Link href="/manifests" className="-mb-3 inline-flex h-11 items-center gap-1.5 text-data text-muted sm:hidden">
        <ArrowLeft className="size-4" strokeWidth={1.75} />
        All files
      </Link>
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-lead">{document.name}</h2>
          <p className="flex items-center gap-1 text-caption text-muted">
            <span className="machine min-w-0 truncate">{document.file}</span>
            <CopyButton text={document.file} label="Copy the path" className="size-6" />
          </p>
        </div>
        {kind === 'agent' && (
          <Link href={`/launch/${encodeURIComponent(document.name)}`} className={buttonStyle()}>
            <Plus />
            Launch
          </Link>
        )}
      </header>
      <ProblemList problems={document.problems} />
      <ResolvedValues values={document.resolved} file={document.file} />
      <SourceFile source={document.source} file={document.file} problems={document.problems} />
    </div>
  )
}
