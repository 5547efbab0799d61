import { cva, type VariantProps } from 'class-variance-authority'
import type { ComponentProps } from 'react'
import { cn } from '@/app/_lib/cn'

/** Also for links that look like buttons: `<Link className={buttonStyle({ variant: 'primary' })}>`. */
export const buttonStyle = cva(
  [
    'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-control font-medium text-data',
    'transition-colors duration-120 disabled:cursor-default disabled:opacity-50',
    '[&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:stroke-[1.75]',
  ],
  {
    variants: {
      variant: {
        primary: 'bg-accent text-accent-ink enabled:hover:bg-accent-hover [a&]:hover:bg-accent-hover',
        secondary: 'border border-line-strong bg-surface text-ink enabled:hover:bg-hover [a&]:hover:bg-hover',
        ghost: 'text-muted enabled:hover:bg-hover enabled:hover:text-ink [a&]:hover:bg-hover [a&]:hover:text-ink',
        /** The one button of an alert dialog that does it. */
        danger: 'bg-danger text-danger-ink enabled:hover:bg-danger-hover',
        /** Leads to an alert dialog. */
        'danger-quiet': 'border border-line-strong bg-surface text-failed enabled:hover:bg-failed-soft',
      },
      size: {
        md: 'h-8 px-3 pointer-coarse:h-11 pointer-coarse:px-4',
        sm: 'h-7 px-2 pointer-coarse:h-11 pointer-coarse:px-3',
      },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
)

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof buttonStyle> {
  /** Keeps the button's size, says that it is at work, and takes no second press. */
  busy?: boolean
}

export function Button({ variant, size, busy, className, type = 'button', disabled, ...props }: ButtonProps) {
  return (
    <button
      type={type}
      aria-busy={busy || undefined}
      disabled={disabled || busy}
      className={cn(buttonStyle({ variant, size }), busy && 'animate-sheen disabled:opacity-80', className)}
      {...props}
    />
  )
}
