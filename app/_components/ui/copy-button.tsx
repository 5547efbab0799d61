'use client'

import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { copyText } from '@/app/_lib/copy-text'
import { IconButton, type IconButtonProps } from './icon-button'

/** Copies `text`; the sign turns to a tick for two seconds. */
export function CopyButton({
  text,
  label = 'Copy',
  ...props
}: Omit<IconButtonProps, 'label'> & { text: string; label?: string }) {
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => setDone(false), 2000)
    return () => clearTimeout(timer)
  }, [done])
  return (
    <>
      <IconButton
        size="sm"
        label={done ? 'Copied' : label}
        onClick={async () => setDone(await copyText(text))}
        {...props}
      >
        {done ? <Check className="text-working" /> : <Copy />}
      </IconButton>
      <span role="status" className="sr-only">
        {done ? 'Copied' : ''}
      </span>
    </>
  )
}
