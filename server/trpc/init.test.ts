import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { expect, test } from 'vitest'
import { PlanChangedError } from '../errors.ts'
import type { Context } from './context.ts'
import { appRouter } from './router.ts'

/** What a program sees of an answer, over HTTP. */
async function answer(path: string, bottles: Partial<Context['bottles']>, body?: unknown) {
  const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const req = new Request(`http://localhost/api/trpc/${path}`, body === undefined ? {} : post)
  const createContext = () => ({ bottles }) as Context
  const res = await fetchRequestHandler({ endpoint: '/api/trpc', req, router: appRouter, createContext })
  return { status: res.status, body: (await res.json()) as { error?: { message: string; data: unknown } } }
}

test('an error of ours: its status, its message, its data under details, and no stack', async () => {
  const changes = [{ path: 'prompt.text', kind: 'changed', before: 'a', after: 'b' }] as const
  const launch = async () => {
    throw new PlanChangedError(changes)
  }
  const input = { planId: '7fb2e2a1-2f0b-4f4e-9d8a-3c76a3c1f6b1', digest: 'a'.repeat(64) }
  const { status, body } = await answer('bottles.launch', { launch }, input)
  expect(status).toBe(409)
  expect(body.error?.message).toContain('The files changed after you reviewed this plan')
  expect(body.error?.data).toEqual({ code: 'CONFLICT', httpStatus: 409, path: 'bottles.launch', details: { changes } })
})

test('any other error is one neutral sentence: its text may hold paths or secrets', async () => {
  const list = () => {
    throw new Error('open /root/.secret failed')
  }
  const { status, body } = await answer('bottles.list', { list })
  expect(status).toBe(500)
  expect(JSON.stringify(body)).not.toContain('secret')
  expect(body.error?.message).toContain('Its log has the details')
})

test('an input of the wrong form is told by field, in words', async () => {
  const { status, body } = await answer('bottles.stop', {}, { slug: 'Not A Slug' })
  expect(status).toBe(400)
  expect(body.error?.message).toBe(
    'The request is not understood. slug: A slug has lower-case letters, digits and single dashes, at most 40.',
  )
})
