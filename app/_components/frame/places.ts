import { FileText, type LucideIcon, Plus, Rows3, Server } from 'lucide-react'

export interface Place {
  href: string
  label: string
  icon: LucideIcon
  /** Key that leads there, after `g` or by itself. */
  keys?: string
}

/** Where the rail, the bottom bar and the palette lead. */
export const PLACES: readonly Place[] = [
  { href: '/', label: 'Bottles', icon: Rows3 },
  { href: '/launch', label: 'Launch', icon: Plus, keys: 'n' },
  { href: '/manifests', label: 'Manifests', icon: FileText },
  { href: '/system', label: 'System', icon: Server },
]

/** `/bottles/…` belongs to the overview. */
export const isHere = (place: Place, pathname: string): boolean =>
  place.href === '/'
    ? pathname === '/' || pathname.startsWith('/bottles')
    : pathname === place.href || pathname.startsWith(`${place.href}/`)
