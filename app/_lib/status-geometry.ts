import type { BottleStatus, StatusShapeName } from './bottle-status'

/** One element of a sign on a 16 × 16 grid. `ink` is the status colour, `cut` what stands inside a filled sign. */
export interface StatusElement {
  tag: 'circle' | 'path' | 'rect'
  attributes: Readonly<Record<string, string | number>>
  paint: 'fill' | 'stroke' | 'track' | 'cut-fill' | 'cut-stroke'
}

const RING_RADIUS = 5.75
const RING_LENGTH = 2 * Math.PI * RING_RADIUS

const el = (
  tag: StatusElement['tag'],
  paint: StatusElement['paint'],
  attributes: StatusElement['attributes'],
): StatusElement => ({ tag, paint, attributes })

/** Shapes differ without colour: that is what tells them apart in a monochrome print and to a colour-blind reader. */
export function statusGeometry(shape: StatusShapeName, progress: BottleStatus['progress']): readonly StatusElement[] {
  switch (shape) {
    case 'ring': {
      const done = Math.min(1, Math.max(0.04, progress ?? 0))
      return [
        el('circle', 'track', { cx: 8, cy: 8, r: RING_RADIUS, 'stroke-width': 2.5 }),
        el('circle', 'stroke', {
          cx: 8,
          cy: 8,
          r: RING_RADIUS,
          'stroke-width': 2.5,
          'stroke-dasharray': `${(done * RING_LENGTH).toFixed(2)} ${RING_LENGTH.toFixed(2)}`,
          transform: 'rotate(-90 8 8)',
        }),
      ]
    }
    case 'dot':
      return [el('circle', 'fill', { cx: 8, cy: 8, r: 4.5 })]
    case 'dot-idle':
      return [el('circle', 'fill', { cx: 8, cy: 8, r: 3.5 })]
    case 'diamond':
      return [
        el('path', 'fill', {
          d: 'M6.94 .94a1.5 1.5 0 0 1 2.12 0l6 6a1.5 1.5 0 0 1 0 2.12l-6 6a1.5 1.5 0 0 1-2.12 0l-6-6a1.5 1.5 0 0 1 0-2.12Z',
        }),
        el('path', 'cut-fill', {
          d: 'M8 4.1a2.3 2.3 0 0 0-2.3 2.3c0 1.5-.4 2.2-.8 2.7-.2.3 0 .7.35.7h5.5c.35 0 .55-.4.35-.7-.4-.5-.8-1.2-.8-2.7A2.3 2.3 0 0 0 8 4.1Z',
        }),
        el('path', 'cut-stroke', { d: 'M7.15 11.2a.95.95 0 0 0 1.7 0', 'stroke-width': 1.1 }),
      ]
    case 'tick':
      return [
        el('circle', 'stroke', { cx: 8, cy: 8, r: 6.1, 'stroke-width': 1.5 }),
        el('path', 'stroke', { d: 'm5.4 8.2 1.8 1.8 3.4-3.8', 'stroke-width': 1.5 }),
      ]
    case 'triangle':
      return [
        el('path', 'fill', {
          d: 'M6.83 2.1a1.35 1.35 0 0 1 2.34 0l5.4 9.5a1.35 1.35 0 0 1-1.17 2.02H2.6a1.35 1.35 0 0 1-1.17-2.02Z',
        }),
        el('path', 'cut-stroke', { d: 'M8 6v3.2', 'stroke-width': 1.6 }),
        el('circle', 'cut-fill', { cx: 8, cy: 11.4, r: 0.95 }),
      ]
    case 'broken-shield':
      return [
        el('path', 'fill', {
          d: 'M7.45 1.15a1.3 1.3 0 0 1 1.1 0l4.7 2.1c.46.2.75.66.75 1.16v3.2c0 3.4-2.1 5.9-5.5 7.24a1.4 1.4 0 0 1-1 0C4.1 13.5 2 11 2 7.61v-3.2c0-.5.3-.96.75-1.16Z',
        }),
        el('path', 'cut-stroke', { d: 'm9.3 .9-2.6 4.5 2.7 2-2.3 3 .9 5', 'stroke-width': 1.5 }),
      ]
    case 'square':
      return [el('rect', 'stroke', { x: 3.25, y: 3.25, width: 9.5, height: 9.5, rx: 1.5, 'stroke-width': 1.5 })]
  }
}

/** A whole SVG document, for the tab's icon, where no stylesheet reaches. Colours in any CSS notation. */
export function statusSvg(shape: StatusShapeName, progress: number | null, ink: string, cut: string): string {
  const paints = {
    fill: `fill="${ink}"`,
    stroke: `fill="none" stroke="${ink}" stroke-linecap="round" stroke-linejoin="round"`,
    track: `fill="none" stroke="${ink}" stroke-opacity="0.3"`,
    'cut-fill': `fill="${cut}"`,
    'cut-stroke': `fill="none" stroke="${cut}" stroke-linecap="round"`,
  }
  const elements = statusGeometry(shape, progress).map(({ tag, attributes, paint }) => {
    const written = Object.entries(attributes).map(([name, value]) => `${name}="${value}"`)
    return `<${tag} ${written.join(' ')} ${paints[paint]}/>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${elements.join('')}</svg>`
}
