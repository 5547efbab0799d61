import { CSPProvider } from '@base-ui/react/csp-provider'
import { GeistMono } from 'geist/font/mono'
import { GeistSans } from 'geist/font/sans'
import type { Metadata, Viewport } from 'next'
import { cookies, headers } from 'next/headers'
import { ThemeProvider } from 'next-themes'
import type { ReactNode } from 'react'
import { Frame } from './_components/frame/frame'
import { RAIL_COOKIE } from './_components/frame/rail-width'
import { Toaster } from './_components/ui/toast'
import { TooltipProvider } from './_components/ui/tooltip'
import { nonceOf } from './_lib/nonce'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'bot-bottle', template: '%s · bot-bottle' },
  description: 'Run any coding agent as if it might be compromised, and see all of it in a browser.',
  referrer: 'same-origin',
  robots: { index: false, follow: false },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f4f7f5' },
    { media: '(prefers-color-scheme: dark)', color: '#0f1311' },
  ],
}

/** Reading the request's nonce makes every page dynamic: a page kept from an earlier request would carry a stale one. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = nonceOf(await headers())
  const narrow = (await cookies()).get(RAIL_COOKIE)?.value === 'narrow'
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body>
        <CSPProvider nonce={nonce}>
          <ThemeProvider attribute="data-theme" disableTransitionOnChange {...(nonce ? { nonce } : {})}>
            <TooltipProvider delay={400}>
              <Frame narrow={narrow}>{children}</Frame>
              <Toaster />
            </TooltipProvider>
          </ThemeProvider>
        </CSPProvider>
      </body>
    </html>
  )
}
