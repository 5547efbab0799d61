import { pack } from 'tar-stream'
import { HintedError } from '../errors.ts'
import { readable } from '../lib/readable-tar.ts'
import type { GuestAccess } from './guest-access.ts'
import { GUEST_CA } from './guest-env.ts'

/** Where Debian's packages look when no variable tells them. */
const SYSTEM_STORE = '/etc/ssl/certs/ca-certificates.crt'

const MARK = { begin: '# bot-bottle: authority of this bottle', end: '# bot-bottle: end' } as const

/**
 * Variables reach most programs; those that know only the system's store find the authority there, and Java in its own.
 * Appended by hand: update-ca-certificates would take a second of every launch. A bottle that runs once more has the
 * authority of its run before in there, which goes: hence the marks around it.
 */
const TRUST = `
set -e
store=${SYSTEM_STORE}
if [ -w $store ]; then
  if grep -q '^${MARK.begin}' $store; then
    sed '/^${MARK.begin}/,/^${MARK.end}/d' $store > $store.new
    cat $store.new > $store
    rm -f $store.new
  fi
  { echo '${MARK.begin}'; cat ${GUEST_CA}; echo; echo '${MARK.end}'; } >> $store
fi
if command -v keytool >/dev/null; then
  keytool -delete -noprompt -cacerts -storepass changeit -alias bot-bottle >/dev/null 2>&1 || true
  keytool -importcert -noprompt -trustcacerts -cacerts -storepass changeit -alias bot-bottle -file ${GUEST_CA}
fi`

/** Puts the certificate of the bottle's authority into a guest; a container need not run for it. */
export async function putAuthority(guest: GuestAccess, certificate: string, signal: AbortSignal): Promise<void> {
  const tar = pack()
  const root = { uid: 0, gid: 0, mtime: new Date() }
  tar.entry({ ...root, name: 'etc/bot-bottle/', type: 'directory', mode: 0o755 })
  tar.entry({ ...root, name: GUEST_CA.slice(1), mode: 0o644 }, certificate)
  tar.finalize()
  await guest.unpack(readable(tar), '/', signal)
}

/** Makes the running guest's own stores trust it. @throws HintedError with what was said */
export async function trustAuthority(guest: GuestAccess): Promise<void> {
  const { code, stderr } = await guest.run({ command: ['sh', '-c', TRUST], user: 'root' })
  if (code === 0) return
  throw new HintedError(
    `The bottle’s certificate authority could not be added to the bottle: ${stderr.trim().slice(-300)}`,
    'An agent image needs a POSIX shell and `cat`; see CONTRIBUTING.md on images of your own.',
  )
}
