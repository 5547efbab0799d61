import { type ClassValue, clsx } from 'clsx'
import { extendTailwindMerge } from 'tailwind-merge'

/** Our sizes have names of their own; without this list `text-data text-muted` would lose one of the two. */
const merge = extendTailwindMerge({
  extend: {
    classGroups: {
      'font-size': [{ text: ['caption', 'data', 'log', 'body', 'lead', 'title', 'display'] }],
      rounded: [{ rounded: ['control', 'card', 'small'] }],
      shadow: [{ shadow: ['float'] }],
    },
  },
})

/** Joins class names; of two that contradict each other the later wins. */
export const cn = (...classes: ClassValue[]): string => merge(clsx(classes))
