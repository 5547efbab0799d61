'use client'

import { Bell, BellOff } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { isAnyTabVisible } from '@/app/_lib/background-tab'
import { type Notice, noticesOf } from '@/app/_lib/notices'
import { statusSvg } from '@/app/_lib/status-geometry'
import { useBottles } from '@/app/_lib/use-tab-stream'
import type { BottleView } from '@/server/contract/views.ts'
import { IconButton } from '../ui/icon-button'

const KEY = 'bot-bottle.notifications'
const isOn = () => localStorage.getItem(KEY) === 'on' && Notification.permission === 'granted'

/**
 * Tells the desktop that a bottle wants something or ended, only while no tab of ours is in front. One per event: the
 * tag makes a second tab's notification the same one. Withdrawn when handled, or when the operator comes back.
 */
export function Notifications() {
  const bottles = useBottles()
  const before = useRef<readonly BottleView[] | null>(null)
  const shown = useRef(new Map<string, Notification>())

  useEffect(() => {
    if (!bottles || typeof Notification === 'undefined') return
    const { raise, withdraw } = noticesOf(before.current, bottles)
    before.current = bottles
    for (const slug of withdraw) {
      shown.current.get(slug)?.close()
      shown.current.delete(slug)
    }
    if (raise.length === 0 || !isOn()) return
    void isAnyTabVisible().then((visible) => {
      if (visible) return
      for (const notice of raise) shown.current.set(notice.slug, notify(notice))
    })
  }, [bottles])

  useEffect(() => {
    const seen = () => {
      if (document.hidden) return
      for (const notification of shown.current.values()) notification.close()
      shown.current.clear()
    }
    document.addEventListener('visibilitychange', seen)
    return () => document.removeEventListener('visibilitychange', seen)
  }, [])
  return null
}

function notify(notice: Notice): Notification {
  const icon = statusSvg(notice.shape, null, notice.shape === 'diamond' ? '#e0950f' : '#7d8a84', '#ffffff')
  const notification = new Notification(notice.title, {
    body: notice.body,
    tag: notice.tag,
    icon: `data:image/svg+xml,${encodeURIComponent(icon)}`,
  })
  notification.onclick = () => {
    window.focus()
    // A whole navigation: the router of a hidden tab may be asleep.
    window.location.assign(`/bottles/${notice.slug}`)
  }
  return notification
}

/** Asks the browser once; off is remembered here, because a permission cannot be given back. */
export function NotificationsButton() {
  const [on, setOn] = useState(false)
  const [able, setAble] = useState(true)
  useEffect(() => {
    setAble(typeof Notification !== 'undefined')
    if (typeof Notification !== 'undefined') setOn(isOn())
  }, [])
  const toggle = async () => {
    if (on) {
      localStorage.setItem(KEY, 'off')
      setOn(false)
    } else if ((await Notification.requestPermission()) === 'granted') {
      localStorage.setItem(KEY, 'on')
      setOn(true)
    } else {
      setAble(false)
    }
  }
  const label = !able
    ? 'The browser does not allow notifications from here'
    : on
      ? 'Desktop notifications are on'
      : 'Notify me on the desktop'
  return (
    <IconButton label={label} onClick={toggle} disabled={!able} aria-pressed={on}>
      {on ? <Bell /> : <BellOff />}
    </IconButton>
  )
}
