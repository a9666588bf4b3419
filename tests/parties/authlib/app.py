"""A small site around `sluis.py`: what is known of a visitor is asked for at each look."""

import hashlib
import json
import os
import secrets
from urllib.parse import urlsplit

from authlib.integrations.flask_client import OAuthError
from flask import Flask, redirect, session
from markupsafe import Markup
from requests import HTTPError

import sluis

app = Flask(__name__)
app.secret_key = secrets.token_bytes(32)
# Cookies know no ports: apart from other sites on this machine.
app.config["SESSION_COOKIE_NAME"] = f"kade-{urlsplit(sluis.SITE).port}"
app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
sluis.oauth.init_app(app)

BUTTONS = Markup(
    """
    <form method="post" action="/refresh"><button id="refresh">Refresh</button></form>
    <form method="post" action="/logout"><button id="logout">Log out</button></form>
    """
)


def page(content):
    return Markup('<!doctype html><html lang="en"><title>De Kade</title><h1>De Kade</h1>') + content


def shown(tokens):
    """Tokens are never shown: a fingerprint tells two of them apart."""
    return {
        "token": hashlib.sha256(tokens["access_token"].encode()).hexdigest()[:16],
        "token_type": tokens["token_type"],
        "expires_in": tokens["expires_in"],
        "authorization_expires_in": tokens["authorization_expires_in"],
        "consent_receipt": tokens["consent_receipt"],
    }


@app.get("/")
def home():
    tokens = sluis.logins.get(session.get("login"))
    if tokens is None:
        return page(Markup('<a id="login" href="/login">Log in with Sluis</a>'))
    known = json.dumps(sluis.claims(), indent=2)
    answer = json.dumps(shown(tokens))
    text = Markup('<pre id="claims">{}</pre><pre id="answer">{}</pre>').format(known, answer)
    return page(text + BUTTONS)


@app.get("/login")
def login():
    return sluis.begin()


@app.get("/callback")
def callback():
    session["login"] = secrets.token_urlsafe()
    sluis.finish()
    return redirect("/", 303)


@app.post("/refresh")
def refresh():
    sluis.refresh()
    return redirect("/", 303)


@app.post("/logout")
def logout():
    return sluis.log_out()


@app.get("/logged-out")
def logged_out():
    sluis.logged_out()
    return redirect("/", 303)


@app.errorhandler(HTTPError)
def refused(error):
    """UserInfo answers 401 once the consumer took it back."""
    code = "invalid_token" if error.response.status_code == 401 else str(error)
    return page(Markup('<p id="refusal">{}</p>').format(code) + BUTTONS), 502


@app.errorhandler(OAuthError)
def refused_by_code(error):
    """The token endpoint answers `invalid_grant` then."""
    return page(Markup('<p id="refusal">{}</p>').format(error.error) + BUTTONS), 502


if __name__ == "__main__":
    app.run("127.0.0.1", urlsplit(sluis.SITE).port)
