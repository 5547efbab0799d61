'use client'

import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { toast } from '@/app/_components/ui/toast'
import { messageOf } from '@/app/_lib/error-text'
import { useTRPC, useTRPCClient } from '@/app/_lib/trpc'
import type { BottleSlug } from '@/server/contract/ids'

/** What a terminal starts with; its own size is sent as soon as it is drawn. */
const SIZE = { cols: 120, rows: 30 }

/** Opens a shell beside the agent and goes to its terminal. */
export function useOpenShell(slug: BottleSlug): () => void {
  const router = useRouter()
  const client = useTRPCClient()
  const trpc = useTRPC()
  const queries = useQueryClient()
  const open = async () => {
    try {
      const { session } = await client.bottles.openShell.mutate({ slug, ...SIZE })
      await queries.invalidateQueries(trpc.bottles.get.queryFilter({ slug }))
      router.push(`/bottles/${slug}?session=${session}`)
    } catch (error) {
      toast.error('The shell could not be opened', { description: messageOf(error) })
    }
  }
  return () => void open()
}
