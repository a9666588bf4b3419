// All that a site needs of openid-client to meet FAPI 2.0.
import { readFileSync } from 'node:fs'
import * as oidc from 'openid-client'

const { SLUIS_ISSUER, CLIENT_ID, SITE } = process.env
const issuer = new URL(SLUIS_ISSUER)
const { kid, use, alg, ...jwk } = JSON.parse(readFileSync('private-key.json', 'utf8'))
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const key = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign'])

const provider = await oidc.discovery(
  issuer,
  CLIENT_ID,
  { id_token_signed_response_alg: 'ES256' },
  oidc.PrivateKeyJwt({ key, kid }),
  // Plain http is for a provider on this very machine, and for nothing else.
  { execute: issuer.hostname === 'localhost' ? [oidc.allowInsecureRequests] : [] },
)
oidc.enableNonRepudiationChecks(provider)

// Tokens are of use only to who holds this key. The handle remembers the nonces
// that Sluis hands out, and repeats a request that lacked a fresh one.
const DPoP = oidc.getDPoPHandle(provider, await oidc.randomDPoPKeyPair('ES256'))

/** Where to send the browser, and what to keep in its session until it is back. */
export async function begin() {
  const checks = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    idTokenExpected: true,
  }
  const request = {
    redirect_uri: `${SITE}/callback`,
    scope: 'openid profile email offline_access',
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  }
  return { url: await oidc.buildAuthorizationUrlWithPAR(provider, request, { DPoP }), checks }
}

/** The tokens, for the address at which the browser came back. */
export async function finish(address, checks) {
  const answer = await oidc.authorizationCodeGrant(provider, address, checks, undefined, { DPoP })
  return { ...answer, sub: answer.claims().sub }
}

/** What may be known at this moment: ask before each use, rather than keep it. */
export function claims(tokens) {
  return oidc.fetchUserInfo(provider, tokens.access_token, tokens.sub, { DPoP })
}

/** New tokens. The refresh token may stay the same: keep what the answer brings. */
export async function refresh(tokens) {
  const answer = await oidc.refreshTokenGrant(provider, tokens.refresh_token, undefined, { DPoP })
  return { ...tokens, ...answer }
}

/** Where to send the browser to sign out of Sluis as well. */
export function logout(tokens) {
  return oidc.buildEndSessionUrl(provider, {
    id_token_hint: tokens.id_token,
    post_logout_redirect_uri: `${SITE}/`,
  })
}

/** The code of a refusal. `invalid_token` and `invalid_grant`: the consumer took it back. */
export function refusal(error) {
  return error.error ?? error.cause?.[0]?.parameters?.error ?? error.code ?? error.message
}
