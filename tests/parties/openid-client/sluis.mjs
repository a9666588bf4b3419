// All that a site needs of openid-client.
import * as oidc from 'openid-client'

const { SLUIS_ISSUER, CLIENT_ID, CLIENT_SECRET, SITE } = process.env
const issuer = new URL(SLUIS_ISSUER)

const provider = await oidc.discovery(
  issuer,
  CLIENT_ID,
  { id_token_signed_response_alg: 'ES256' },
  oidc.ClientSecretBasic(CLIENT_SECRET),
  // Plain http is for a provider on this very machine, and for nothing else.
  { execute: issuer.hostname === 'localhost' ? [oidc.allowInsecureRequests] : [] },
)
oidc.enableNonRepudiationChecks(provider)

/** Where to send the browser, and what to keep in its session until it is back. */
export async function begin() {
  const checks = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    idTokenExpected: true,
  }
  const url = oidc.buildAuthorizationUrl(provider, {
    redirect_uri: `${SITE}/callback`,
    scope: 'openid profile email offline_access',
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  })
  return { url, checks }
}

/** The tokens, for the address at which the browser came back. */
export async function finish(address, checks) {
  const answer = await oidc.authorizationCodeGrant(provider, address, checks)
  return { ...answer, sub: answer.claims().sub }
}

/** What may be known at this moment: ask before each use, rather than keep it. */
export function claims(tokens) {
  return oidc.fetchUserInfo(provider, tokens.access_token, tokens.sub)
}

/** New tokens. Each refresh token is good for one use: keep the new one. */
export async function refresh(tokens) {
  const answer = await oidc.refreshTokenGrant(provider, tokens.refresh_token)
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
