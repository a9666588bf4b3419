// A small page around `sluis.js`.
import * as sluis from './sluis.js'

const main = document.querySelector('main')

function element(name, id, text, onclick) {
  const made = document.createElement(name)
  Object.assign(made, { id, textContent: text, onclick })
  return made
}

/** Tokens are never shown: this tells two of them apart. */
async function fingerprint(token) {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return Array.from(new Uint8Array(hash.slice(0, 8)), (byte) => byte.toString(16)).join('')
}

async function show(user) {
  if (!user) {
    main.replaceChildren(element('button', 'login', 'Log in with Sluis', sluis.begin))
    return
  }
  const { access_token, token_type, expires_in, profile } = user
  const answer = { token: await fingerprint(access_token), token_type, expires_in }
  main.replaceChildren(
    element('pre', 'claims', JSON.stringify(profile, null, 2)),
    element('pre', 'answer', JSON.stringify(answer)),
    element('button', 'refresh', 'Refresh', refresh),
    element('button', 'logout', 'Log out', sluis.logout),
  )
}

async function refresh() {
  try {
    await show(await sluis.refresh())
  } catch (error) {
    await sluis.forget()
    await show(null)
    main.append(element('p', 'refusal', error.error ?? error.message))
  }
}

try {
  await show(await sluis.visitor())
} catch (error) {
  console.error(error)
  main.append(element('p', 'refusal', error.error ?? error.message))
}
