import { B, type Shape, shape, shapes, W } from './shape.ts'

// Redaction must take the key and not only its headline, also where its lines are cut by `\n` in a string or joined by
// `+` in code. Quotes only in pairs: the one that closes a string of JSON stays.
const LINES = `(?:[A-Za-z0-9+/=\\s\\\\]|["'][\\s+,]{1,40}["'])`
const HEADERS = `(?:[A-Z][A-Za-z-]{2,20}: [^\\n\\\\]{1,100}(?:\\s|\\\\{1,2}[nr]){1,8}){0,4}`
const BREAKS = `(?:\\s|\\\\{1,2}[nr]|["'+,>|]){0,40}`
const END = '(?:-----END[A-Z +]{0,40}KEY(?:[ +]BLOCK)?-----)?'

/** Keys and signed statements that belong to no provider. */
export const KEY_SHAPES: readonly Shape[] = [
  // In a form a space is a plus.
  ...shapes(
    'private-key',
    ['-----BEGIN ', '-----BEGIN+'],
    `(?:[A-Z0-9]{2,10}[ +]){0,3}PRIVATE[ +]KEY(?:[ +]BLOCK)?-----${BREAKS}${HEADERS}${BREAKS}${B}{20}${LINES}{0,20000}${END}`,
  ),
  // What every private key of OpenSSH, PKCS#1, PKCS#8 and SEC 1 begins with once its headline is cut off.
  shape('private-key-body', 'b3BlbnNzaC1rZXktdjE', `${LINES}{200,20000}${END}`),
  ...shapes(
    'private-key-body',
    ['IBAAKCAQEA', 'IBAAKCAgEA', 'IBADANBgkqhkiG9w0BAQEFAASC'],
    `${LINES}{300,20000}${END}`,
    {
      lead: `MII${B}{2,3}`,
    },
  ),
  ...shapes(
    'private-key-body',
    ['MHcCAQEEI', 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg'],
    `${LINES}{100,400}${END}`,
  ),
  shape('private-key-body', 'MC4CAQAwBQYDK2VwBCIEI', `${B}{43}`),
  shape('putty-key', 'PuTTY-User-Key-File-', `[23]:[ +][\\s\\S]{20,4000}?Private-Lines:[ +]\\d{1,3}${LINES}{40,8000}`),
  shape('wireguard-key', 'PrivateKey', `[\\s+]{0,4}=[\\s+]{0,4}(?<secret>${B}{43}=)`),
  shape('age-key', 'AGE-SECRET-KEY-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}'),
  shape('json-web-token', 'eyJ', `${W}{10,2000}\\.eyJ${W}{10,4000}\\.${W}{20,1000}`),
]
