'use client'

import { useEffect, useRef } from 'react'
import { fires } from './keys'

export interface KeyBinding {
  keys: string
  /** As the list of keys says it: “Launch an agent”. */
  label: string
  run: (event: KeyboardEvent) => void
  /** Not shown in the list of keys. */
  hidden?: boolean
}

type Bindings = { current: readonly KeyBinding[] }
/** Innermost first: a page's binding wins over the frame's. */
const layers: Bindings[] = []

function onKeyDown(event: KeyboardEvent) {
  if (event.defaultPrevented || event.isComposing) return
  for (const layer of layers) {
    const hit = layer.current.find((binding) => fires(binding.keys, event, event.target))
    if (hit) {
      event.preventDefault()
      hit.run(event)
      return
    }
  }
}

/** Keys that hold while the component is mounted. They show up under `?`. */
export function useKeys(bindings: readonly KeyBinding[]): void {
  const current = useRef(bindings)
  current.current = bindings
  useEffect(() => {
    if (layers.length === 0) window.addEventListener('keydown', onKeyDown)
    layers.unshift(current)
    return () => {
      layers.splice(layers.indexOf(current), 1)
      if (layers.length === 0) window.removeEventListener('keydown', onKeyDown)
    }
  }, [])
}

/** What is bound now, for the list of keys: outermost last, doubles left out. */
export function boundKeys(): KeyBinding[] {
  const seen = new Set<string>()
  return layers
    .flatMap((layer) => layer.current)
    .filter((binding) => !binding.hidden && !seen.has(binding.keys) && seen.add(binding.keys))
}
