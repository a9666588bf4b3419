//! Sluis: an OpenID Connect provider that belongs to the consumer.
//!
//! People keep a low, a medium and a high data profile, and log in at any
//! business with the one that they choose. This page tells how the program is
//! built; each module tells its own part.
//!
//! # Layers
//!
//! A module uses only modules above it in this table, which
//! `tests/it/tidy.rs` holds.
//!
//! | module | what lives there |
//! | --- | --- |
//! | [`domain`] | the pure rules: no SQL, no HTTP, no clock; `now` is a parameter |
//! | [`config`], [`clock`], [`random`] | settings, the only reader of time, the only source of chance |
//! | [`crypto`] | sealing, the vault's keys, secrets, passwords, signatures |
//! | [`store`] | the only SQL, one text for SQLite and PostgreSQL; sees sealed personal data alone |
//! | [`outbound`] | the only HTTP client: refuses private addresses unless allowed; caps on time and size |
//! | [`mail`] | to a server by SMTP, into a folder, or kept in memory |
//! | [`i18n`] | the phrases, Dutch and English; one that is missing does not compile |
//! | [`app`] | what every service needs, made once and handed on |
//! | [`service`] | one function per thing that a person or a business can do; one transaction each |
//! | [`web`] | what every entrance needs of HTTP |
//! | [`protocol`], [`pages`] | the entrances: OAuth and OpenID Connect; the consumer's pages. They never import each other, and meet by URL |
//! | [`jobs`] | the entrance of time: what happens by itself |
//! | [`server`] | routes, layers, sockets, graceful stop |
//! | [`cli`] | one file per subcommand |
//! | [`webshop`] | the demonstration sites: ordinary relying parties that import nothing else of this crate |
//!
//! Data flow one way: an extractor parses, authenticates and authorises; the
//! handler calls one service; the service asks the domain and the store; the
//! result says how to tell it. A service reports *what* went wrong in an enum
//! of its own, and the edge decides how that is told: an OAuth error, by JSON
//! or redirect, or a page in the person's language. Faults inside are logged
//! once, at the edge, and never shown.
//!
//! # The life of a login
//!
//! 1. `GET /authorize`: it is settled who asks and where the answer may go
//!    (or a page says what is wrong), be it by the query, by a signed request
//!    object, or by a request that was pushed to `/par` before; a table of
//!    checks turns the parameters into a [`domain::authorization::AuthorizationRequest`]
//!    (`protocol::authorize`).
//! 2. [`service::authorizations::begin`] decides what is missing: a sign-in,
//!    the consumer's consent, or nothing. A request that has to wait is stored,
//!    sealed for the browser that made it, and the browser goes to `/sign-in`
//!    or `/consent/{id}`.
//! 3. The consent page shows, for each tier, what [`domain::negotiation`] makes
//!    of plan, profile and choice, with the consumer's own values. Nothing is
//!    ticked that the consumer did not tick, here or in the house rules that
//!    fill the form in at a business that is new ([`domain::house_rules`]).
//!    The form carries the hash of what was on the screen.
//! 4. [`service::authorizations::reply`] negotiates once more, on the form as it
//!    came, and writes the grant, its key, the values that it releases, the
//!    signed receipt and the code in one transaction. Then: 303 to the client.
//! 5. `POST /token` ([`service::tokens`]): code and refresh token open the
//!    grant's key and wrap it for the tokens that follow them.
//! 6. `/userinfo` ([`service::releases`]): the token opens the released values,
//!    while the consumer is away; [`domain::grant::Grant::releasable_to`] says which of
//!    them may go, from the grant as it stands at that moment. The read is on
//!    record before the answer.
//! 7. `/account/businesses/{grant_id}` ([`service::grants`]): each move of a
//!    grant writes its state, its receipt and the end of its tokens together,
//!    and holds for the very next request on every node. What is agreed to is
//!    held against the vault as it is in that transaction.
//! 8. `/receipts` ([`service::receipts`]): anybody drops a file of receipts and
//!    reads in plain words what was agreed, or what is wrong with the file.
//!    Nothing of it is kept.
//!
//! A request may say more than what: that it is about a part of the plan
//! ([`domain::details`]), or what it does to the agreement that there is
//! ([`domain::authorization::GrantAction`]). A business looks at an agreement and
//! gives it up at `/grants/{grant_id}`, with a token of its own
//! ([`service::client_tokens`]). A device that nobody can type on begins at
//! `/device_authorization`; someone types its code at `/device`, and from there
//! it is the same login, whose code goes to the device ([`service::devices`]).
//!
//! # Ways in
//!
//! Whoever signs up is in at once, and claims an address: it belongs to whoever
//! confirms it first, so that nobody learns by signing up whose it is
//! ([`service::accounts`]). It changes by a link to the new one, which its owner calls
//! off until it is followed, and is given back by a link to the one before: then goes
//! what was set up since ([`service::address_changes`]).
//!
//! A password signs in ([`service::sign_in`]), and so does a passkey that gives
//! a secret to this site ([`service::passkeys`]). Where something is still to be
//! shown, a code of an app or the password after a passkey that opens nothing,
//! there is half a sign-in, which is no session ([`service::second_step`]).
//! Guesses at passwords and codes are counted before they are looked at, and apart
//! in each browser that an account knows (`service::guesses`). What is done in a
//! session is held to it to the end ([`service::sessions`]): nobody sets anything up in
//! one that was ended.
//! [`domain::account::Authentication`] knows what was shown, and says `amr` and
//! `acr` of it. What nobody should do who finds an open browser asks for it
//! again: [`web::fresh`] sends people to `/sign-in/confirm`, and a form that
//! would be lost is confirmed where it is (`pages::confirm`).
//!
//! # What happens by itself
//!
//! Who has to be told of something is told by a message ([`domain::message`]),
//! kept in the transaction of the act ([`store::outbox`]) and delivered by
//! [`jobs`], on any node and as often as it takes. A client is told at its
//! address, and a consumer by mail ([`service::notices`]), in their language.
//! The end of a session is told so to the clients that someone was logged in to
//! through it ([`service::logouts`]). A new kind of message is a variant, and an
//! arm in [`service::deliveries`].
//!
//! A client with a stream of events ([`service::streams`]) hears what happens
//! to the agreements that people have with it ([`domain::signal`]): each move of
//! a grant, each edit of what it releases, each end of a login and each change of
//! a credential keeps what is told in its own transaction. The same rows of the outbox are pushed by
//! [`jobs`] or fetched by the client, one after the other for each agreement;
//! those of a stream that is held wait in their places. An event names claims
//! and holds no values. Streams whose receivers never come are looked after by
//! [`jobs`].
//!
//! A client publishes editions of its plan ([`service::plans`]), and each stays.
//! Reads are held against the newest at once; a job holds each agreement against
//! it and writes down what went ([`service::grants::hold_against_plan`]). What a
//! newer edition asks beyond the one that was agreed to
//! ([`domain::negotiation::Terms::asked_anew`]) is asked at the next login, once.
//!
//! The end of an agreement, and a change that takes something away, opens a
//! deletion duty in the same transaction ([`domain::duty`], [`service::duties`]).
//! That a business was told of it is one thing, that it has deleted another:
//! only its answer confirms, by `/api/v1/duties` or to a command; and what its
//! person agrees to anew lapses from it. Whom nobody can tell
//! ([`domain::reach`]) gets a letter from the person. People send requests by
//! right ([`service::rights`]), which it answers at `/api/v1/requests`; what can
//! be done of one here is done at once. [`jobs`] writes down what nobody
//! answered in time.
//!
//! People are told of their account by letters ([`service::letters`]), of which a
//! mailbox gets so many of a kind in an hour and in a day and no more, whoever types its
//! address. Their
//! links are made when they are sent and work once: to confirm an address
//! ([`service::addresses`]), to change it or undo that, or to find a way back in after a forgotten password
//! ([`service::recovery`]), which never ends at once with mail alone. A sign-in in a
//! browser that the account does not know is one of the things told
//! ([`service::browsers`]). That nobody is there a mail server says at once, or in a
//! mail that comes back later ([`service::bounces`]).
//!
//! The logo of a client is fetched by a job and served from here
//! ([`service::logos`]): no picture sends a browser to a business.
//!
//! What was read is found again ([`service::history`]), and who has what is told
//! from agreements and duties together ([`domain::holding`]): that a business was
//! told to delete is never taken for a deletion. All of it goes along in one
//! document ([`domain::export`]), which [`service::exports`] writes piece by piece
//! from one view of the database. A document of another provider is read at the
//! edge ([`domain::import`]), waits sealed until its owner has seen it beside what
//! they have, and is taken over item by item ([`service::imports`]). Without a
//! file it comes by way of OAuth: [`service::departures`] is the provider that an
//! account goes along from, [`service::arrivals`] the one that it comes to.
//! A birthdate of somebody under 16 ([`domain::age`]) is a ceiling of the
//! negotiation, and narrows what was agreed before it in the transaction that
//! keeps it.
//!
//! # What opens what
//!
//! ```text
//! keys/master.key ─▶ signing keys · secrets of authenticator apps · secrets that clients sign with or want to be shown · contact address, and the one asked for in its place · sign-in look-up
//!                   · until it is mailed, what a letter needs: the address that a link goes to, the browser that is new
//! password ──────┐
//! passkey (PRF) ─┤
//! recovery kit ──┤
//! keys/escrow/ ──┴▶ vault key (per account) ─▶ attributes, profiles and house rules; reply key (per request) ─▶ answers of businesses
//! session cookie ─▶ vault key                ├▶ names of passkeys; what came along from other providers
//! half a sign-in ─▶ vault key                └▶ grant key (per grant) ─▶ released values, records of reads
//! code, access token, refresh token, device code ▶ grant key
//! code and token of a transfer ─▶ vault key, once and for minutes
//! browser cookie ─▶ the authorization requests that wait in that browser; request_uri ─▶ the one that was pushed under it
//! registration access token ─▶ the secret of a client that registered itself
//! ```
//!
//! The keys of the escrow, for those who allow it, are files that come and go
//! with the month ([`service::escrow`]): what was erased opens in no backup that
//! is older. An account ends ([`service::erasure`]) in one transaction, at once
//! or after a month in which its agreements are paused, and never while a change of
//! its address can be undone; what is left names nobody, and goes in its time. Where the operator holds no key, an account can
//! go on with an empty vault ([`service::recovery`]).
//!
//! The database alone opens nothing: [`crypto::vault`] is the one place that
//! says which key opens what, and binds every sealed value to its row.
//!
//! # Where things go
//!
//! A new endpoint or page is one file and one line in the route table of its
//! entrance; a check of authorization requests, one function and one line in
//! the table of `protocol::authorize`; a claim, one row in
//! [`domain::claim::Claim`]; a statement, one constant in the file of its
//! aggregate in [`store`].

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod crypto;
pub mod domain;
pub mod i18n;
pub mod jobs;
pub mod mail;
pub mod outbound;
pub mod pages;
pub mod protocol;
pub mod random;
pub mod server;
pub mod service;
pub mod store;
pub mod web;
pub mod webshop;
