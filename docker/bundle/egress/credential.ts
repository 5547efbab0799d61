import type { RoutePlan } from '../../../server/contract/plan.ts'

/** The header that egress adds. Basic takes `user:password` as it is and encodes it. */
export function credentialHeader(auth: NonNullable<RoutePlan['auth']>, token: string): [name: string, value: string] {
  switch (auth.scheme) {
    case 'Bearer':
      return [auth.header, `Bearer ${token}`]
    case 'token':
      return [auth.header, `token ${token}`]
    case 'Basic':
      return [auth.header, `Basic ${Buffer.from(token).toString('base64')}`]
    case 'header':
      return [auth.header, token]
    default:
      return auth.scheme satisfies never
  }
}
