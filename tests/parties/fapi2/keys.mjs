// Makes the key that this client signs with: the private half stays in a file
// beside it, the public half is printed, for `jwks` of the registration.
import { randomUUID, webcrypto } from 'node:crypto'
import { writeFileSync } from 'node:fs'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const pair = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
const { kty, crv, x, y, d } = await webcrypto.subtle.exportKey('jwk', pair.privateKey)
const key = { kty, crv, x, y, kid: randomUUID(), alg: 'ES256', use: 'sig' }
writeFileSync('private-key.json', JSON.stringify({ ...key, d }), { mode: 0o600, flag: 'wx' })
console.log(JSON.stringify(key))
