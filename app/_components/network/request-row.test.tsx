import { render, screen, within } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { aRequest } from '@/app/_lib/testing-request'
import { TooltipProvider } from '../ui/tooltip'
import { RequestDetails } from './request-details'
import { RequestRow } from './request-row'

const hostile = aRequest({
  outcome: 'refused',
  rule: 'not-listed',
  method: '<b>GET</b>',
  host: '<img src=x onerror=alert(1)>',
  path: `/\u202egpj.exe\u0000<script>alert(1)</script>&amp;${'/deep'.repeat(1600)}`,
  message: '<a href="javascript:alert(1)">open</a>',
  findings: ['<i>canary</i>'],
  detail: { request: { query: 'q=<u>', headers: ['x', '<svg onload=alert(1)>'], body: '<iframe>' } },
})

test('what the agent wrote is text and nothing else, in a row and in its details', () => {
  const { container } = render(
    <TooltipProvider>
      {(['wide', 'narrow', 'either'] as const).map((shape) => (
        <RequestRow key={shape} request={hostile} shape={shape} open onOpen={() => {}} onAllow={() => {}} />
      ))}
      <RequestDetails request={hostile} onAllow={() => {}} onHost={() => {}} ref={null} />
    </TooltipProvider>,
  )
  expect(container.querySelectorAll('img, script, a, iframe, b, i, u, [onerror], [onload]')).toHaveLength(0)
  expect(container.textContent).toContain('<img src=x onerror=alert(1)>')
  expect(container.textContent).toContain('/\\u202egpj.exe\\u0000<script>alert(1)</script>&amp;')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(container.textContent).not.toMatch(/[\u0000\u202e]/)
})

test('a row holds no more of a long path than can be seen', () => {
  const { container } = render(
    <RequestRow request={hostile} shape="wide" open={false} onOpen={() => {}} onAllow={() => {}} />,
  )
  expect(container.textContent!.length).toBeLessThan(1500)
})

test('what a route would lift can be allowed; what no route lifts cannot', () => {
  const onAllow = vi.fn()
  const row = (rule: string, onAllowed: typeof onAllow | null = onAllow) => {
    const request = aRequest({ outcome: 'refused', rule })
    const { container } = render(
      <RequestRow request={request} shape="wide" open={false} onOpen={() => {}} onAllow={onAllowed} />,
    )
    return within(container).queryByRole('button', { name: /^Allow/ })
  }
  expect(row('not-listed', null), 'of a bottle that is over').toBeNull()
  row('not-listed')!.click()
  expect(onAllow).toHaveBeenCalledWith(expect.objectContaining({ rule: 'not-listed' }))
  for (const rule of ['frozen', 'secret-outbound', 'private-address', 'malformed']) expect(row(rule)).toBeNull()
  expect(screen.getAllByText('Refused').length).toBeGreaterThan(0)
})

test('what could not be read as a request says so, in place of a host, a port and a method', () => {
  const nobody = { method: '', host: '', port: 0, path: '' }
  const request = aRequest({ ...nobody, outcome: 'refused', rule: 'malformed', status: 400, message: 'Not HTTP/1.1.' })
  const { container } = render(
    <TooltipProvider>
      {(['wide', 'narrow'] as const).map((shape) => (
        <RequestRow key={shape} request={request} shape={shape} open onOpen={() => {}} onAllow={() => {}} />
      ))}
      <RequestDetails request={request} onAllow={() => {}} onHost={() => {}} ref={null} />
    </TooltipProvider>,
  )
  expect(screen.getAllByText('not readable as HTTP')).toHaveLength(3)
  expect(container.textContent).not.toMatch(/HTTP:|https:/)
  expect(screen.queryByRole('button', { name: /Only this host|Copy/ })).toBeNull()
})

test('a port is told where it is not the usual one; none is made up where it could not be read', () => {
  const addressed = (port: number) => {
    const request = aRequest({ host: '169.254.169.254', port, path: '' })
    const { container, unmount } = render(
      <TooltipProvider>
        <RequestRow request={request} shape="wide" open onOpen={() => {}} onAllow={() => {}} />
        <RequestDetails request={request} onAllow={() => {}} onHost={() => {}} ref={null} />
      </TooltipProvider>,
    )
    const text = container.textContent!
    unmount()
    return text
  }
  expect(addressed(8443).match(/169\.254\.169\.254:8443/g)).toHaveLength(2)
  expect(addressed(0)).not.toMatch(/169\.254\.169\.254:|https:/)
})
