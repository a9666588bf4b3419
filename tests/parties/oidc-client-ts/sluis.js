// All that a page needs of oidc-client-ts. It runs in the browser, and so has no
// secret.
import { UserManager } from 'oidc-client-ts'

const { issuer, client_id } = await (await fetch('/config.json')).json()

const manager = new UserManager({
  authority: issuer,
  client_id,
  redirect_uri: `${location.origin}/`,
  post_logout_redirect_uri: `${location.origin}/`,
  scope: 'openid profile email offline_access',
  loadUserInfo: true,
})

/** Sends the browser to Sluis. */
export const begin = () => manager.signinRedirect()

/** Who is logged in, if anybody: call it once, when the page opens. */
export async function visitor() {
  const answer = new URLSearchParams(location.search)
  if (!answer.has('state')) return manager.getUser()
  const user = await manager.signinCallback()
  history.replaceState(null, '', '/')
  return user ?? null
}

/** New tokens, and what may be known at this moment. */
export const refresh = () => manager.signinSilent()

/** Sends the browser to sign out of Sluis as well. */
export const logout = () => manager.signoutRedirect()

/** Forgets who was here: what is left to do once the consumer took it back. */
export const forget = () => manager.removeUser()
