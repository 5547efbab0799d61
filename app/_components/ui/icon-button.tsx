import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cn } from '@/app/_lib/cn'
import { Tooltip } from './tooltip'

export const iconButtonStyle = cva(
  [
    'touch-target inline-flex shrink-0 items-center justify-center rounded-control text-muted transition-colors duration-120',
    'hover:bg-hover hover:text-ink disabled:pointer-events-none disabled:opacity-45 data-popup-open:bg-hover data-popup-open:text-ink',
    'aria-pressed:bg-accent-soft aria-pressed:text-accent [&_svg]:size-4 [&_svg]:stroke-[1.75]',
  ],
  { variants: { size: { md: 'size-8', sm: 'size-7' } }, defaultVariants: { size: 'md' } },
)

export interface IconButtonProps extends ComponentProps<'button'>, VariantProps<typeof iconButtonStyle> {
  /** Said to assistive technology, and shown as a tooltip unless `tip` is false. */
  label: string
  tip?: boolean
  /** Shown in the tooltip: `n`, `mod+k`. */
  keys?: string
}

export function IconButton({ label, tip = true, keys, size, className, type = 'button', ...props }: IconButtonProps) {
  const button = (
    <button type={type} aria-label={label} className={cn(iconButtonStyle({ size }), className)} {...props} />
  )
  return tip ? (
    <Tooltip text={label} {...(keys === undefined ? {} : { keys })}>
      {button}
    </Tooltip>
  ) : (
    button
  )
}
