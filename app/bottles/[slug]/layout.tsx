import type { Metadata } from 'next'
import type { ReactNode } from 'react'
import { api, orNotFound } from '@/app/_lib/api'
import { bottleName } from '@/app/_lib/bottle-list'
import { BottleFrame } from './bottle-frame'
import { bottleOf } from './bottle-of'

interface BottleLayoutProps {
  params: Promise<{ slug: string }>
  children: ReactNode
}

export async function generateMetadata({ params }: BottleLayoutProps): Promise<Metadata> {
  return { title: bottleName(await bottleOf((await params).slug)) }
}

export default async function BottleLayout({ params, children }: BottleLayoutProps) {
  const { shells: _, plan: __, ...bottle } = await bottleOf((await params).slug)
  const boundary = await api().network.boundary({ slug: bottle.slug }).catch(orNotFound)
  return (
    <BottleFrame initial={bottle} boundary={boundary}>
      {children}
    </BottleFrame>
  )
}
