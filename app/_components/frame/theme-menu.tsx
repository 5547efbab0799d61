'use client'

import { Monitor, Moon, Sun } from 'lucide-react'
import { useTheme } from 'next-themes'
import { useEffect, useState } from 'react'
import { IconButton } from '../ui/icon-button'
import { Menu, MenuChoice } from '../ui/menu'

export const THEMES = [
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'system', label: 'As the system' },
] as const
export type ThemeName = (typeof THEMES)[number]['value']

const icons = { light: Sun, dark: Moon, system: Monitor }

/** The theme that was chosen; null until the browser told, because the server cannot know. */
export function useThemeName(): [ThemeName | null, (theme: ThemeName) => void] {
  const { theme, setTheme } = useTheme()
  const [mounted, setMounted] = useState(false)
  useEffect(() => setMounted(true), [])
  return [mounted ? ((theme ?? 'system') as ThemeName) : null, setTheme]
}

export function ThemeMenu() {
  const [theme, setTheme] = useThemeName()
  const Icon = icons[theme ?? 'system']
  return (
    <Menu
      align="start"
      trigger={
        <IconButton label="Theme" tip={false}>
          <Icon />
        </IconButton>
      }
    >
      <MenuChoice label="Theme" value={theme ?? 'system'} onValueChange={setTheme} options={THEMES} />
    </Menu>
  )
}
