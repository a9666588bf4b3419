"""All that a site needs of Authlib, here with Flask."""

import os

from authlib.integrations.flask_client import OAuth
from flask import session

SITE = os.environ["SITE"]

# Who is logged in, with what tokens: a table of your database. Not a cookie of
# Flask, which the browser could read and which is too small.
logins = {}


def keep(tokens, **_):
    """Each refresh token is good for one use: what comes last is what counts."""
    login = logins.setdefault(session["login"], {})
    login.update(tokens)


oauth = OAuth()
oauth.register(
    "sluis",
    server_metadata_url=os.environ["SLUIS_ISSUER"] + "/.well-known/openid-configuration",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={
        "scope": "openid profile email offline_access",
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": "client_secret_basic",
    },
    # Authlib refreshes by itself what is about to expire.
    update_token=keep,
)


def begin():
    """Sends the browser to Sluis."""
    return oauth.sluis.authorize_redirect(f"{SITE}/callback")


def finish():
    """Takes the tokens once the browser is back at `/callback`."""
    keep(oauth.sluis.authorize_access_token())


def claims():
    """What may be known at this moment: ask before each use, rather than keep it."""
    return oauth.sluis.userinfo(token=logins[session["login"]])


def refresh():
    """Takes new tokens before the old ones expire."""
    token = logins[session["login"]]["refresh_token"]
    keep(oauth.sluis.fetch_access_token(grant_type="refresh_token", refresh_token=token))


def log_out():
    """Forgets the tokens, and sends the browser to sign out of Sluis as well."""
    tokens = logins.pop(session["login"])
    return oauth.sluis.logout_redirect(
        post_logout_redirect_uri=f"{SITE}/logged-out",
        id_token_hint=tokens["id_token"],
    )


def logged_out():
    """Whether it is our own logout that the browser comes back from."""
    return oauth.sluis.validate_logout_response()
