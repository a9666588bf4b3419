// A small site around `sluis.mjs`: who visits is known by a cookie, and what is
// known of them is asked for at each look.
import { createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import * as sluis from './sluis.mjs'

const { SITE } = process.env
const sessions = new Map()

const escape = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)

/** Tokens are never shown: this tells two of them apart. */
const fingerprint = (token) => createHash('sha256').update(token).digest('hex').slice(0, 16)

function page(response, content, status = 200) {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`<!doctype html><html lang="en"><title>De Kade</title><h1>De Kade</h1>${content}`)
}

function redirect(response, url) {
  response.writeHead(303, { location: String(url) }).end()
}

async function home(session, response) {
  const { tokens } = session
  if (!tokens) return page(response, '<a id="login" href="/login">Log in with Sluis</a>')
  const known = await sluis.claims(tokens)
  page(
    response,
    `<pre id="claims">${escape(JSON.stringify(known, null, 2))}</pre>
    <pre id="answer">${escape(
      JSON.stringify({
        token: fingerprint(tokens.access_token),
        token_type: tokens.token_type,
        expires_in: tokens.expires_in,
        authorization_expires_in: tokens.authorization_expires_in,
        consent_receipt: tokens.consent_receipt,
      }),
    )}</pre>${buttons}`,
  )
}

const buttons = `
  <form method="post" action="/refresh"><button id="refresh">Refresh</button></form>
  <form method="post" action="/logout"><button id="logout">Log out</button></form>`

const routes = {
  'GET /': home,
  'GET /login': async (session, response) => {
    const { url, checks } = await sluis.begin()
    session.checks = checks
    redirect(response, url)
  },
  'GET /callback': async (session, response, address) => {
    const { checks } = session
    delete session.checks
    session.tokens = await sluis.finish(address, checks)
    redirect(response, '/')
  },
  'POST /refresh': async (session, response) => {
    session.tokens = await sluis.refresh(session.tokens)
    redirect(response, '/')
  },
  'POST /logout': async (session, response) => {
    const url = sluis.logout(session.tokens)
    delete session.tokens
    redirect(response, url)
  },
}

/** Whose cookie this is. A name apart from other sites on this machine: cookies know no ports. */
function sessionOf(request, response) {
  const name = `kade-${new URL(SITE).port}`
  const [, old] = request.headers.cookie?.match(new RegExp(`${name}=([0-9a-f-]+)`)) ?? []
  if (sessions.has(old)) return sessions.get(old)
  const id = randomUUID()
  response.setHeader('set-cookie', `${name}=${id}; HttpOnly; SameSite=Lax; Path=/`)
  sessions.set(id, {})
  return sessions.get(id)
}

const server = createServer(async (request, response) => {
  const address = new URL(request.url, SITE)
  const route = routes[`${request.method} ${address.pathname}`]
  if (!route) return page(response, 'Not here', 404)
  try {
    await route(sessionOf(request, response), response, address)
  } catch (error) {
    console.error(error)
    page(response, `<p id="refusal">${escape(sluis.refusal(error))}</p>${buttons}`, 502)
  }
})
server.listen(new URL(SITE).port, '127.0.0.1', () => console.log(`${SITE} is open`))
