'use client'

import { usePathname } from 'next/navigation'
import { useEffect } from 'react'
import { inOrder } from '@/app/_lib/bottle-list'
import { type BottleStatus, statusOf } from '@/app/_lib/bottle-status'
import { statusSvg } from '@/app/_lib/status-geometry'
import { useBottles } from '@/app/_lib/use-tab-stream'

/** Mid tones that stand out on a light and on a dark tab bar alike; the browser paints it where no theme of ours holds. */
const INK: Readonly<Record<BottleStatus['tone'], string>> = {
  working: '#2f9e76',
  needs: '#e0950f',
  launching: '#3f86d8',
  failed: '#d8503f',
  idle: '#7d8a84',
}

/**
 * The tab tells the state of the bottle that it shows, or of the one that matters most, and how many need the operator:
 * by icon, and by `(2)` or the state's word before the title.
 */
export function TabSign() {
  const pathname = usePathname()
  const bottles = useBottles() ?? []
  const slug = /^\/bottles\/([^/]+)/.exec(pathname)?.[1]
  const bottle = slug ? bottles.find((each) => each.slug === slug) : inOrder(bottles)[0]
  const status = bottle ? statusOf(bottle, Date.now()) : null
  const needs = bottles.filter((each) => each.state === 'needs-you').length
  const prefix = `${needs > 0 ? `(${needs}) ` : ''}${slug && status ? `${status.word} · ` : ''}`
  const icon = status ? statusSvg(status.shape, status.progress, INK[status.tone], '#ffffff') : null

  useEffect(() => {
    const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel="icon"]')]
    const before = links.map((link) => link.href)
    if (!icon) return
    for (const link of links) link.href = `data:image/svg+xml,${encodeURIComponent(icon)}`
    return () => {
      for (const [n, link] of links.entries()) link.href = before[n]!
    }
  }, [icon])

  useEffect(() => {
    // The router writes the page's own title whenever it likes; ours goes before whatever it wrote.
    let written = ''
    let own = document.title
    const write = () => {
      if (document.title !== written) own = document.title
      written = `${prefix}${own}`
      if (document.title !== written) document.title = written
    }
    write()
    const observer = new MutationObserver(write)
    observer.observe(document.head, { childList: true, subtree: true, characterData: true })
    return () => {
      observer.disconnect()
      if (document.title === written) document.title = own
    }
  }, [prefix])

  return null
}
