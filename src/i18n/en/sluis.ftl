# The phrases of Sluis. Plain, direct, the words of the product.

## Around every page
skip = Skip to the content
menu-label = Your account
menu-overview = Overview
menu-businesses = Businesses
menu-profiles = Profiles
menu-history = Who read what
menu-security = Security
menu-sign-out = Sign out
footer-what = Sluis: you work the lock, you decide what flows through.

## General
none = nothing
nobody = nobody
list-and = { $first } and { $last }
at-most = { $period } at most
period-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
period-weeks = { $count ->
    [one] { $count } week
   *[other] { $count } weeks
}
period-months = { $count ->
    [one] { $count } month
   *[other] { $count } months
}
period-years = { $count ->
    [one] { $count } year
   *[other] { $count } years
}
problems-title = Not done yet

## Data
claim-name = name
claim-given-name = given name
claim-family-name = family name
claim-nickname = nickname
claim-email = e-mail address
claim-locale = language
claim-address = home address
claim-delivery-address = delivery address
claim-phone-number = phone number
claim-payment-account = bank account
claim-birthdate = date of birth
claim-gender = gender
claim-preferences = preferences

## Permissions
permission-analytics = Analyse my behaviour
permission-analytics-meaning = Record and study what you look at and buy.
permission-personalisation = Tailor offers to me
permission-personalisation-meaning = Show you other things because of what they know about you.
permission-omnichannel = Join up shop, site, app and phone
permission-omnichannel-meaning = Tie together what they collect about you in different places.
permission-email = E-mail me
permission-email-meaning = Messages by e-mail, advertising included.
permission-sms = Text me
permission-sms-meaning = Text messages, advertising included.
permission-phone = Call me
permission-phone-meaning = Phone calls, offers included.
permission-post = Send me post
permission-post-meaning = Post to your address, advertising included.

## Tiers
tier-anonymous = Anonymous
tier-anonymous-meaning = Log in and show nothing
tier-low = Low
tier-low-meaning = Who you are
tier-medium = Medium
tier-medium-meaning = Also where you can be reached and how you pay
tier-high = High
tier-high-meaning = Also more about you, and what may be done with it
placement-low = from low up
placement-medium = from medium up
placement-high = in high only
placement-never = in no profile

## Legal bases
basis-consent = Your consent. You can always withdraw it.
basis-contract = Needed to do what you agree with the business, such as delivering your order.
basis-legal-obligation = The law demands this of the business. Withdrawing does not change that.
basis-vital-interests = Needed to protect someone’s life or health.
basis-public-task = Needed for a task of public authority.
basis-legitimate-interest = The business holds that it has good reason for this. You can object.

## Consent page
consent-title = How do you want to log in at { $business }?
consent-of = of { $business }
consent-policy = Privacy policy
consent-terms = Terms
consent-changed = The question changed while you were looking.
consent-changed-more = Below is what is asked now. Nothing has been released yet.
consent-no-tier = First choose the profile that you want to log in with.
consent-unmet = “{ $purpose }” cannot be done yet like this. You can:
consent-add-only = Add just your { $claim }
consent-choose-next = Choose profile { $tier }
consent-stop = stop here
consent-retention-wrong = Choose a retention period from the list.
consent-too-high = That profile is not available here, since nobody vouches for this site. Choose a lower one.
unvetted-title = Nobody vouches for { $business }
unvetted-device = This device registered itself. Nobody checked who is behind it. If you did not expect this question, then do not log in.
unvetted-text = This site registered itself. Nobody checked who is behind it. If you do not know { $domain }, or did not expect this question, then do not log in.
unvetted-most = At such a site, profile { $tier } is the most that you can log in with.
unvetted-nothing = At such a site you can log in anonymously only.
tier-too-high = Not available: nobody vouches for this site.
item-too-high = stays with you: nobody vouches for this site
missing-above-ceiling = Your { $claim } cannot go along here, since nobody vouches for this site.
missing-permission-above-ceiling = “{ $permission }” cannot be allowed here, since nobody vouches for this site.
consent-replaces = You have had an agreement with { $business } since { $date }. If you say yes, it ends, and a new one of what you choose here takes its place. If you say no, it simply stands.
widening-title = What changes
widening-lead = You have had an agreement with { $business } since { $date }. Now more is asked. If you say no, the old agreement simply stands.
widening-before = As it is now
widening-after = As asked
subject-tier = Tier
subject-claims = Data
subject-purposes = Purposes
subject-permissions = Permissions
subject-retention = Retention
subject-recipients = Also shared with
flow-you = You
consent-why = What for
consent-asks-nothing = { $business } asks for no data. You can log in anonymously.
purpose-required = Part of logging in
purpose-optional = You may refuse
purpose-offer = In return:
purpose-more = Which data, how long and where
purpose-needs = Needs
purpose-helps = Welcome, not needed
purpose-basis = On the ground of
purpose-keeps = Keeps it
purpose-recipients = Also shared with
purpose-storage = Kept in
switch-too-low = Not with this tier: it can be had { $placement }.
consent-switch-purpose = Yes, go ahead
consent-choose = What do you let through?
consent-choose-hint = You see your own data, exactly as the business would get them.
panel-nothing = Nothing of yours goes along. The business still recognises you when you return.
panel-keeps = Kept for { $period } at most
panel-unmet = “{ $purpose }” cannot be done with this
missing-not-in-tier = Your { $claim } is not in profile { $tier }.
missing-not-in-tier-from = Your { $claim } is not in that profile: it goes along { $placement }.
missing-is-withheld = You withhold your { $claim } here.
missing-no-value = You have not filled in your { $claim } yet.
missing-fill = Fill in your { $claim }
items-title = Item by item
items-choose-first = Choose a profile first. Then you can depart from it here, item by item.
items-hint = Depart from your profile here, for { $business } only.
item-needed = needed
item-no-value = Not filled in yet.
item-for = for { $purposes }
item-goes = goes along
item-stays = stays with you
item-withhold = Withhold
item-add = Add, here only
consent-retention = How long may it be kept?
retention-longest = As long as allowed
consent-retention-hint = What is allowed is the shorter of two: what your profile allows and what the business asks. After that the business must delete your data. You can always make it shorter, later too.
consent-allow = Let through and log in
consent-title-more = Let { $business } see more?
consent-after-login = Then you go back to { $business }.
consent-switch-parts = Yes, this is fine; below I choose what
about-name = Business
about-address = Address
about-registration = Registered as
about-contact = Questions about your data
list-or = { $first } or { $last }
panel-if-on = Only if you turn on the purpose that asks for it:
item-goes-with = goes along if { $purposes } is on
consent-offline = { $business } may also ask for these data while you are not there, until the retention period ends.
consent-deny = Do not log in
consent-keep-old = Keep the old agreement
consent-after = You get a signed receipt. You can withdraw at any time, with one click in your account.

## Answered already
answered-title = You have already answered this
answered-text = Perhaps in another tab. Your answer to { $business } stands; nothing happened twice.
answered-manage = See your agreement with { $business }
answered-overview = To your overview

## Buttons and fields
save = Save
edit = Edit
fill-in = Fill in
back = Back
optional = (may stay empty)
until = until { $date }
label-name = Name
label-email = E-mail address
label-password = Password
going-to = You are about to log in at { $business }.
field-street-address = Street and house number
field-postal-code = Postal code
field-locality = Town or city
field-region = Province or state
field-country = Country
field-iban = Account number (IBAN)
field-holder = In the name of
hint-phone-number = Not a Dutch number? Start with + and the country code.
hint-iban = The number to which you get money back, for example. Never a card number.
hint-gender = In your own words.
hint-preferences = What you like or do not like, in at most 500 characters.
hint-locale = The code of a language, such as en-GB or nl.

## What is wrong with a field
problem-empty = Fill this in.
problem-too-long = This is too long: { $max } characters at most.
problem-control-characters = This has invisible characters. Type it again.
problem-not-an-email = This is not an e-mail address. One looks like name@example.com.
problem-not-a-phone-number = This is not a phone number. One from another country starts with + and its country code.
problem-not-an-iban = This is not an IBAN. Check its digits and letters.
problem-not-a-postal-code = This is not a postal code ({ $country }). One looks like { $example }.
problem-not-a-country = This is not a country. Choose one from the list.
problem-not-a-date = This is not a date. Write it as 1990-12-31.
problem-in-the-future = This date is yet to come.
problem-too-long-ago = This date is too long ago.
problem-not-a-language = This is not a language. Use a code such as nl or en-GB.

## Sources, states, events
source-consumer = Filled in by you
source-operator = Filled in when your account was made
source-import = Came along from another provider
state-active = In force
state-paused = Paused
state-withdrawn = Withdrawn
state-ended = Ended by the business
state-expired = Expired
state-erased = Erased
event-given = Consent given
event-widened = More allowed
event-narrowed = Less allowed
event-renewed = Renewed
event-paused = Paused
event-resumed = Resumed
event-withdrawn = Withdrawn
event-ended = Ended by the business
event-expired = Expired
event-erased = Ended: your account was closed
event-answered = The business answered what it deleted
event-overdue = The time to delete passed without an answer
event-requested = Request sent to the business
event-replied = The business replied to a request
event-unanswered = The time to answer a request passed
event-declined = More was asked for, and not agreed to

## Consent page, continued
consent-switch-off = Switch this purpose off again
missing-withheld = Do not withhold your { $claim }
missing-permission = “{ $permission }” does not go with this tier: it can be had { $placement }.
missing-no-permission-chosen = Choose what is allowed, or switch the purpose off again.
consent-about = Who is this?
consent-about-device = Your answer goes to the device that showed you the code. What stands below, the business says of itself.
consent-about-domain = Your answer goes to { $domain }; that address is checked. What stands below, the business says of itself.

## Front page
landing-title = You work the lock
landing-lead = Log in anywhere with the profile you choose. Sluis lets through only what you agree to, for a purpose you know, for as long as you want.
landing-sign-up = Make an account
landing-sign-in = Sign in
landing-account = To your overview
landing-tiers = Four water levels
landing-promises = What it does for you
landing-once = Fill it in once
landing-once-more = Your data are in one place. When something changes, you change it here.
landing-back = Back with one click
landing-back-more = Withdrawing never takes more clicks than giving. From then on the business can ask for nothing, and must delete.
landing-proof = Proof for both
landing-proof-more = Of every agreement, you and the business get the same signed receipt.
landing-vault = Locked
landing-vault-more = Your data lie in a vault that opens with your passkey or password, for nobody else unless you want that.

## Signing in and up
sign-in-title = Sign in to Sluis
sign-in-submit = Sign in
sign-in-wrong = This e-mail address and password do not go together. Try again.
sign-in-session-ended = You were away for a while, so you were signed out. Nothing is lost.
sign-in-again = The business wants to be sure that it is you. Sign in once more.
sign-in-no-account = No account yet?
sign-in-sign-up = Make one
sign-up-title = Make an account
sign-up-lead = Your name and e-mail address go into profile low. The rest you fill in when you like.
sign-up-submit = Make account
sign-up-name-hint = As you would want it on a parcel.
sign-up-email-hint = You sign in with this.
sign-up-password-hint = At least 8 characters. This password opens your vault; a sentence is easiest to remember.
sign-up-password-too-short = This password is too short: at least 8 characters.
sign-up-password-too-long = This password is too long: at most 1024 bytes.
sign-up-password-common = Too many people choose this password: it is one of the first that somebody would try. Take another; a sentence is easiest to remember.
sign-up-password-address = This is your e-mail address, which others know. Choose something else.
sign-up-have-account = Have an account already?
sign-up-sign-in = Sign in
sign-out-title = Sign out?
sign-out-asked = { $business } asks whether you want to sign out of Sluis as well.
sign-out-text = Your agreements with businesses stay as they are. Your vault is locked.
sign-out-confirm = Sign out
sign-out-cancel = Stay signed in
signed-out-title = You are signed out
signed-out-text = Your vault is locked. Your agreements with businesses stay as they are.
signed-out-sites = Sites where you logged in with Sluis are told, if they want to know. Others may keep you logged in: sign out there as well.
signed-out-onward = On to { $business }
signed-out-visit = A site that is told of the sign-out

## Devices without a keyboard
device-title = Sign in on a device
device-lead = A television, a till or another device shows you a code. Type it here.
device-code = The code on the device
device-submit = Next
device-unknown = No device shows this code at the moment. Look at the device once more; after ten minutes it needs a new code.
device-warning = Did somebody send you a code or a link to this page? Then stop: they want to get in as you.
device-confirm-title = Is this your { $business } device?
device-confirm-who = You are about to sign in on a device of { $business }.
device-confirm-compare = Compare: the device that you have before you must show exactly this code.
device-confirm-warning = Do you see the code elsewhere, such as in a message, or did somebody read it to you? Then it is not your device, and whoever holds it would get in as you.
device-continue = It is my device: go on
device-cancel = It is not: refuse
device-allowed-title = Done: look at your device
device-allowed-text = The device goes on by itself within a few seconds. You can close this page.
device-denied-title = The device was refused
device-denied-text = It gets nothing. You can close this page.
device-before-title = This was answered before
device-before-text = The device has its answer already. If it still waits, have it show a new code.

## Overview and businesses
overview-title = What flows where?
overview-flows = From you to the businesses
overview-profile = Profile { $tier }
overview-profile-filled = { $filled } of { $size } filled in
overview-empty = Nobody gets data from you yet. Choose “Log in with Sluis” at a webshop, and you will see here what flows.
done-welcome = Welcome. Your account is made and your vault is locked.
done-saved = Saved. The change is in force from now on.
done-narrowed = From now on the business sees less.
done-off = Switched off. From now on the business may not do that any more.
done-paused = Paused. The business cannot ask for your data now.
done-resumed = The pause is over. The agreement is in force again.
done-renewed = Renewed. The agreement runs on as it was.
done-withdrawn = Withdrawn. The business can ask for nothing any more, and must delete what it has.
done-stale = Nothing was saved: this was changed elsewhere since you opened this page, perhaps in another tab. Look it over and try again.
done-kept = Nothing has changed. The old agreement still stands.
card-sees = Sees
card-saw = Could see
card-sees-nothing = nothing; it only recognises you
card-for = For
card-until = Until
card-until-nothing = nothing is kept
card-over = Over since
card-last-read = Last read
card-never-read = not yet
businesses-title = Businesses
businesses-live = Agreements in force
businesses-over = Over

## One business
grant-title = You and { $business }
grant-back = All businesses
grant-log-in = Log in at { $domain }
grant-contact = Questions about your data: { $contact }
grant-since = Since
grant-sees = What { $business } can see now
grant-sees-paused = What { $business } could see; not for now
grant-sees-nothing = Nothing. The business only recognises you when you return.
grant-agreed = What you agreed
grant-agreed-nothing = Only that you can log in. Nothing of yours is used.
grant-change = Change or stop
grant-renew = Renew
grant-renew-hint = The same agreement, from now until { $date }.
grant-renew-closed = This agreement cannot be renewed as it is: your profile, or what { $business } asks for, has changed since. Once it has ended, log in there again: then you are asked anew.
counts-from = Counted from
counts-from-consent = the day that you agree
counts-from-last-login = each time that you log in there
counts-from-moves = The end moves on each time that you log in there.
counts-from-until = { $until }, and later each time that you log in there
grant-retention = How long may it be kept?
grant-retention-longest = As allowed ({ $period })
grant-retention-hint = Shorter holds at once. For longer you are asked again.
grant-retention-save = Change
grant-tier = With which profile?
grant-tier-hint = Showing less holds at once. To show more, you first see the question.
grant-nothing-chosen = Choose something from the list.
grant-tier-save = Choose this profile
grant-stop = What you allowed
grant-stop-hint = You can switch off each of these by itself, at once. The rest of the agreement stays.
grant-stop-off = Switch off
tier-current = As it is now
tier-same = Makes no difference for this business
tier-narrower = Then no longer sees: { $claims }
tier-wider = Then also sees: { $claims }
tier-ends = Then also ends: { $purposes }
tier-unmet = Not possible, since “{ $purpose }” could not be done
confirm-title = More for { $business }?
confirm-lead = This gives { $business } more than you agreed. Nothing has changed yet.
confirm-changed = Your profile changed meanwhile. This is what it would be now.
confirm-allow = Yes, allow this
confirm-keep = Keep it as it is
grant-pause = Pause
grant-pause-hint = The business can ask for nothing until you end the pause.
grant-resume = End the pause
grant-resume-hint = After that the business can ask again for what you agreed.
grant-withdraw = Withdraw
grant-withdraw-hint = From that moment the business can ask for nothing. It must delete everything, by { $date } at the latest.
kept-by-law = For “{ $purpose }” the law lets the business keep some of it, for { $period } at most. Withdrawing does not change that.
after-title = What happens now
after-narrowed = What the business has to delete
after-nothing = No deletion duty came of this agreement.
after-soon = { $business } must delete your data, by { $date } at the latest.
grant-events = What happened
grant-receipts-hint = There is a signed receipt for everything below. The business gets the very same one when you log in there.
grant-receipts = Download your receipts
grant-receipt-number = receipt { $seq }
grant-reads = When it was read
grant-reads-none = { $business } has not read anything yet.
read-nothing = Only that it is you

## Who read what
history-title = Who read what
history-lead = Every time a business asks for your data, it is noted here.
history-empty = Nothing has been read yet.
history-when = When
history-who = Who
history-what = What
history-older = Older

## Security
security-title = Security
security-vault = Who can open your vault
security-vault-lead = Your data are stored encrypted. These are the keys that there are.
security-you = You, with your password
security-you-text = Your password makes the key. It is stored nowhere. As long as you are signed in, the vault is open to this browser.
security-escrow = The operator, to help with a forgotten password
security-escrow-text = The operator of this Sluis keeps a spare key. With it they can let you back in, and so they could also read what is in your vault.
security-no-escrow = Nobody else
security-no-escrow-text = There is no spare key and no recovery kit. If you forget your password, and have no passkey that opens your vault, nobody can get your data back, not even the operator.
security-businesses = Businesses, each only what you allowed
security-businesses-text = A business can open only what is in your agreement, and only while it is in force.
security-contact = Where you get messages
security-contact-text = This address is not in your vault, but encrypted with the operator’s key. Otherwise Sluis could not send you a message while you are away.
security-session-since = Signed in since
security-session-until = Signs out by itself on
security-account-since = Account since

## Profiles
profiles-title = Your profiles
profiles-lead = Three water levels. What belongs to low is also in medium and high; what belongs to medium is also in high.
band-low = Low
band-low-meaning = Is in all three profiles
band-medium = Medium
band-medium-meaning = Comes in at medium and high
band-high = High
band-high-meaning = Comes in at high only
band-never = In no profile
band-never-meaning = Never goes along by itself; you can still add it per business
profiles-retention = Keep for
profiles-band-empty = Nothing yet.
profiles-placement = Where does your { $claim } start?
profiles-permissions = Permissions
profiles-permissions-hint = From which profile up may a business ask for this? It is never on by itself: you turn it on per business.
profiles-save = Save your profiles
profiles-save-hint = Holds for new agreements. What you agreed already, you change at the business.
attribute-confirmed = confirmed on { $date }
attribute-verified = verified on { $date }
attribute-placement = In which profile?
attribute-seen-by = Who sees this now and gets the change: { $businesses }.
attribute-confirm = Still right
attribute-remove = Remove

## On the way back to a site by a form
form-post-title = Back to { $client }
form-post-why = If nothing happens by itself, press the button.
form-post-button = Continue

## When something goes wrong
error-detail = For whoever builds this site
error-next = Go on
error-home = To the front page
error-not-found = There is no such page
error-not-found-remedy = Check the address, or go back to the start.
error-forged = This form is no longer valid
error-forged-remedy = Nothing has changed. Go back, reload the page and try again.
error-malformed = We cannot make sense of this
error-malformed-remedy = What was sent could not be read. Nothing has changed. Go back and try again.
error-unknown-request = This question was not asked in this browser
error-unknown-request-remedy = Perhaps you began in another browser, or a link was passed on. Nothing was released. Go back to the business’s site and log in from there.
error-expired = This question has expired
error-expired-remedy = It took too long. Nothing was released. Go back to the business’s site and log in there again.
error-unknown-client = We do not know this site
error-unknown-client-remedy = The site that sent you here is not registered with Sluis. Nothing was released. Let the site know.
error-wrong-redirect = We will not send you back there
error-wrong-redirect-remedy = The site wants the answer at an address that is not registered. That may be a mistake, or an attempt to steal your data. Nothing was released.
error-bad-request = The site asks in a wrong way
error-bad-request-remedy = The site’s request is not right. Nothing was released. Go back and try again, or let the site know.
error-too-many = One moment
error-too-many-remedy = Too many requests came in a row. Wait a minute, then try again.
error-too-large = This is too large
error-too-large-remedy = What was sent is larger than we take. Nothing has changed.
error-conflict = This cannot be done now
error-conflict-remedy = Something has changed meanwhile, perhaps in another tab. See how things stand now.
error-not-yet = This can be done from { $until }
error-not-yet-remedy = Your password was set by mail just now, after a wait. Somebody who can only read your mail should get nothing out of that. So until then, this stays closed: the high profile, taking your data with you, another e-mail address, erasing your account, and new ways to sign in. Everything else works.
error-busy = It is busy here just now
error-busy-remedy = As many large files as we can handle are being written or read, perhaps one of yours in another tab. Nothing has changed. Try again in a minute.
error-unavailable = We are away for a moment
error-unavailable-remedy = Nothing is lost. Try again in a few minutes.
error-internal = Something went wrong on our side
error-internal-remedy = Nothing was half done. Try again; if it keeps failing, tell the operator.
sign-in-too-many = { $seconds ->
    [one] Too many attempts. Try again in a second.
   *[other] Too many attempts. Try again in { $seconds } seconds.
}

## Mail
mail-about = You have had an agreement with { $business } ({ $domain }) since { $date }.
mail-about-site = You have had an agreement with { $business } since { $date }.
mail-ending-subject = Your agreement with { $business } ends on { $date }
mail-ending-nothing = If you do nothing, it ends by itself. From then on { $business } can ask for nothing any more, and must delete what it has.
mail-ending-renew = Do you want to keep it as it is? Then renew it on its page. You can also change it there, or withdraw it now.
mail-ending-link = See your agreement
mail-expired-subject = Your agreement with { $business } has ended
mail-expired-over = The time that you gave it ran out on { $date }. Since then, your data can no longer be asked for.
mail-ended-subject = { $business } has ended your agreement
mail-ended-over = { $business } gave it up on { $date }. Since then, it can no longer ask for your data.
mail-narrowed-subject = { $business } asks for less
mail-narrowed-claims = { $business } now asks for less than you agreed to. It no longer gets: { $claims }.
mail-narrowed-less = { $business } now asks for less than you agreed to, or for a shorter time.
mail-narrowed-nothing = Your agreement now covers less, by itself. You do not have to do anything.
mail-narrowed-link = See what is left of it
mail-lapsed-subject = Part of your agreement with { $business } is over
mail-lapsed-claims = The time that was agreed for these data is over: { $claims }. { $business } does not get them any more. The rest of the agreement goes on.
mail-must-delete-these = { $business } must delete these data, by { $date } at the latest. On the page of the agreement you see how far it is.
mail-must-delete = { $business } must delete your data, by { $date } at the latest. On the page of the agreement you see how far it is.
mail-link = See what happened
mail-overdue-subject = { $business } has not confirmed that it deleted your data
mail-overdue-since = { $business } had until { $date } to delete your data. We have heard nothing from it, so we do not know whether your data are gone.
mail-overdue-letter = You can write to it. The letter is ready for you, and after that a complaint to the supervisory authority.
mail-overdue-link = See what you can do
mail-footer = You get this mail since you have an account at { $issuer }. We never ask for your password by mail.

## Kinds of business
sector-shop = shops and webshops
sector-food = food and drink
sector-travel = travel and transport
sector-leisure = sport, culture and going out
sector-online = apps and online services
sector-media = news and media
sector-telecom = telephone and internet
sector-energy = energy and water
sector-finance = banks and insurers
sector-health = health and care
sector-education = education
sector-government = government
sector-charity = charities and clubs
sector-other = all other businesses

## House rules
menu-rules = House rules
rules-title = Your house rules
rules-lead = Standing answers for businesses that you have no agreement with yet. What you say here, you need not choose there. What you do not say, we ask you.
rules-never = Nothing ever goes along by itself. You always see first what the business gets, and then you press the button.
rules-none = You have no house rules yet. So every new business asks you everything.
rules-add = Make a rule for
rules-add-hint = The rule for “all other businesses” holds wherever you have no other rule.
rules-edit = Change or try
rule-tier = Profile
rule-keeps = Kept
rule-yes-list = Allowed
rule-no-list = Not allowed
rule-asks = Still asks you
rule-says-nothing = This rule says nothing yet: here you are asked everything.
rule-beyond = “{ $permission }” does not go with profile { $tier }: it is possible { $placement }. So with this rule it stays off.
rule-asks-tier = With which profile
rule-asks-retention = For how long
rule-rest = Whatever else I may refuse
rule-title = House rule for { $sector }
rule-lead = Holds at every business of this kind that you have no agreement with yet.
rule-lead-other = Holds at every new business that you have no other rule for.
rule-back = All house rules
rule-tier-question = With which profile do you log in?
rule-ask = Ask me
rule-yes = Yes
rule-no = No
rule-ask-tier = Ask me
rule-ask-tier-meaning = Choose every time
rule-retention-question = How long may it be kept?
rule-retention-ask = Ask me
rule-processing = What may be done with your data?
rule-channels = How may they reach you?
rule-only = Possible { $placement }.
rule-rest-question = And if a business wants something else that you may refuse?
rule-rest-hint = There is no saying yes to what you do not know yet.
rule-try-title = Try it
rule-try-hint = See what a business would get with these answers. Nothing is saved, and nothing is released.
rule-try-at = Where?
rule-try-example = example: { $sector }
rule-try = Try it
rule-save = Save this rule
rule-save-hint = Holds for new businesses. What you have agreed already does not change.
rule-remove = Remove this rule
tried-title = With this rule, { $business } would get this
tried-example = the example ({ $sector })
tried-not-saved = This is a trial: nothing is saved, and nothing is released.
tried-one-button = There, you would see one screen with one button.
outcome-tier = Profile { $tier }
outcome-nothing = Nothing of yours goes along. The business only recognises you when you come back.
outcome-open-tier = Which profile, you choose there. What goes along depends on it.
outcome-blocked = You cannot log in like this. “{ $purpose }” is part of it, and:
outcome-blocked-way = You would be asked there what you want: give something more, a higher profile, or stop.
outcome-keeps = Kept for { $period } at most, until { $date }.
outcome-on = What for
outcome-off = Stays off
outcome-off-rule = Your rule says no.
outcome-asked = This we still ask you
outcome-ask-tier = with which profile you log in
outcome-ask-retention = how long it may be kept
outcome-ask-purpose = “{ $purpose }”
outcome-ask-permission = “{ $permission }” for “{ $purpose }”

## Consent page with house rules
consent-rules-title = Log in at { $business } like this?
consent-rules-own = Filled in by your own house rules
consent-rules-own-text = This comes from your rule for { $sector }. Nothing goes along until you press the button.
consent-rules-part = Your house rules have filled in part of this
consent-rules-part-text = What comes from your rule for { $sector } is marked “house rule”. You can still change anything.
consent-rules-link = Look at your house rules
consent-rules-gets = What { $business } gets
consent-rules-change = Choose something else here
consent-rules-more = More about these purposes
consent-rules-mark = house rule

## Reading receipts
landing-proof-read = Read one here
grant-receipts-read = Read a receipt in plain words
receipts-title = Read a receipt
receipts-lead = Drop a file of receipts here and read in plain words what was agreed. Anybody may: a business, an authority, or you.
receipts-drop = Which receipt?
receipts-another = Another receipt
receipts-file = The file
receipts-file-hint = As it was downloaded. The file of a whole agreement, or one receipt.
receipts-text = Or paste the text of the receipt
receipts-submit = Check and read
receipts-empty = Choose a file, or paste the text of a receipt.
receipts-how = What is checked here
receipts-how-text = That this Sluis signed every receipt in the file, that not one letter was changed since, and, of a whole agreement, that none is missing and all are in order.
receipts-forgets = The file is forgotten at once. Nothing of it is kept, and nothing goes into a log.
receipts-yourself = You need not take our word for it. Check it on your own machine:
receipts-schema = The shape of a receipt (JSON Schema)
receipts-vocabulary = What its words mean (ISO 27560, W3C DPV)
receipts-keys = Our keys
receipts-chain = Genuine, and complete
receipts-chain-more = { $count ->
    [one] { $issuer } signed this receipt and the end of the file. Nothing was changed, and up to the download none is missing.
   *[other] { $issuer } signed these { $count } receipts and the end of the file. Nothing was changed, and up to the download none is missing.
}
receipts-one = Genuine
receipts-one-more = { $issuer } signed this receipt, and nothing in it was changed. By itself it says nothing of what came before or after it.
receipts-refused = This does not hold
receipts-unknown = This page cannot tell
receipts-not-told = So we do not show what the file says: anybody may have written it.
reading-who = Who with whom
reading-contact = Contact
reading-was = What was agreed until then:
reading-client = Site or app
reading-subject = The consumer
reading-subject-hint = By this name only this business knows them. A receipt holds no name, address or other data of the person.
reading-issuer = Recorded by
reading-law = Law
reading-law-of = GDPR ({ $country }). Supervised by: { $authority }
reading-stands = How it stands
reading-later = What happened after the download is not in this file.
reading-one-of = This is number { $seq } of the agreement; what happened after it is not in here.
reading-until = In force until { $until }.
reading-nothing-held = In force. No data are released that could expire.
reading-paused = Paused since { $at }. Until it is resumed, the business gets nothing.
reading-withdrawn = Withdrawn by the consumer on { $at }.
reading-ended = Ended by the business on { $at }.
reading-expired = Expired on { $at }.
reading-erased = Ended on { $at }: the account was closed.
reading-events = What was agreed, event by event
reading-by = By whom
reading-by-consent-page = The consumer, on the consent page
reading-by-house-rules = The consumer, on a consent page that their own house rules had filled in
reading-by-account-page = The consumer, on the page of the agreement
reading-by-business = The business
reading-by-schedule = By itself: the time for it was up
reading-by-command = The operator of this Sluis
reading-keeps = { $period } at most, counted { $from }.
reading-keeps-until = { $period } at most, counted { $from }: until { $until }.
reading-from-consent = from the consent
reading-from-last-login = from the last login
ground-consent = Consent (GDPR art. 6(1)(a)). It can always be withdrawn.
ground-contract = Needed for a contract (GDPR art. 6(1)(b))
ground-legal-obligation = A duty by law (GDPR art. 6(1)(c)). Withdrawing does not change that.
ground-vital-interests = Someone’s life or health (GDPR art. 6(1)(d))
ground-public-task = A task of public authority (GDPR art. 6(1)(e))
ground-legitimate-interest = The legitimate interest of the business (GDPR art. 6(1)(f)). The consumer can object.
reading-gone-within = Gone within { $period } after that.
reading-gone-but-by-law = Gone within { $period } after that, but for what the law makes it keep.
reading-code = W3C purpose
reading-stands-elsewhere = This receipt tells something beside the agreement. How the agreement itself stands, another one tells.
reading-offers = Offered in return
reading-offer-stands = { $offer }: granted
reading-offer-falls = { $offer }: not with this choice
reading-duty = Had to be deleted
reading-delete-by = At the latest on
reading-answered = The business answered
reading-not-answered = Not in time
reading-kept = It says that it keeps
reading-kept-nothing = Nothing: it says that all of it is deleted
reading-request = Request
reading-request-of = { $right } (request { $number })
reading-request-about = About
reading-request-all = All data
reading-request-due = Answer by
reading-outcome-done = It did what was asked
reading-outcome-refused = It will not
reading-outcome-extended = It needs more time
reading-declined = What was not agreed to
reading-proof = Hashes and the small print
reading-receipt = Receipt
reading-agreement = Agreement
reading-plan = Data plan
reading-plan-edition = Edition { $version }
reading-screen = What was on the screen
reading-no-screen = Nothing: nobody was asked anything
reading-language = Read in
reading-in-dutch = Dutch
reading-in-english = English
reading-rights = Rights
reading-right-withdraw = withdraw consent
reading-right-informed = be informed
reading-right-access = access
reading-right-rectification = rectification
reading-right-erasure = erasure
reading-right-restriction = restriction
reading-right-portability = portability
reading-right-object = object
reading-right-complain = complain to the authority
refusal-lines = This is no file of receipts. Such a file has one receipt on each line, each line ends, and nothing else is in it.
refusal-too-many = This file has more receipts than are checked here.
refusal-by-command = Check it on your own machine; how is said below.
refusal-ask-again = Perhaps it was cut off or changed on its way, by a mail program for instance. Ask for the file again, and do not open it in an editor.
refusal-issuer = Line { $line } says that it is from { $other }. This page does not have the keys of { $other }, and so cannot check whether that is true.
refusal-issuer-then = Use the page of { $other }, or check the file on your own machine with the keys that { $other } publishes:
refusal-key = Line { $line } is signed with a key that was never ours.
refusal-forged = It was changed, or it is not ours. Do not rely on it. Ask the consumer or the business for the original.
refusal-no-end = Line { $line }, the last one, is a receipt and not the end of a file. A file of a whole agreement closes with a signed line that says how many receipts there are. Without it, the last ones may be missing.
refusal-type = Line { $line } is no receipt, but another thing.
refusal-form = Line { $line } is no whole receipt: something is missing, or something was added.
refusal-edition = Line { $line } is signed by us, but this version does not know all that it says.
refusal-edition-then = A newer version of Sluis may. Nothing is wrong with the file.
refusal-signature = Line { $line } was changed after it was signed, or signed by somebody else: the signature does not hold.
refusal-sequence = Line { $line } does not have the number that follows the one before. A receipt is missing, is there twice, or is in another place.
refusal-link = Line { $line } does not follow the receipt before it: it was made after another one.
refusal-agreement = Line { $line } is of another agreement.
refusal-time = Line { $line } is older than the receipt before it.
refusal-life = Line { $line } tells of something that cannot happen at that point of an agreement.
refusal-end = After line { $line } the file does not end where it should: receipts are missing, or there are too many.
refusal-chain-then = Each receipt may be genuine by itself, but together they are not the whole agreement. Ask for the file again.

## In return
offer-takes = Condition: { $what }.
offer-off = You get this once you switch it on.
offer-stands = With this choice you get it.
offer-falls = Not with this choice:
offer-changed = You changed your choice.
offer-show = See what stands now
offer-returns = In return
return-lacks-purpose = Only if you switch it on.
return-lacks-tier = Only with profile { $tier } or higher.
return-lacks-claim = Only if your { $claim } goes along.
return-lacks-permission = Only with “{ $permission }” on.
return-lacks-time = Only if they may keep it for { $period }.
widening-keeps = You then log in all the same.
widening-unchanged = What stays as you agreed
widening-tier = Your profile stays as it was. Change it
widening-items = Your data stay as you chose. Change that
widening-refused = { $purpose }: you did not allow it
subject-new-purpose = New
subject-now-required = Cannot be refused any more
subject-words = Wording
subject-basis = Legal basis
subject-storage = Kept in
subject-deletion = Deleted, at the end, within
subject-offer = In return

## What businesses have to delete
duties-title = What businesses have to delete
duties-lead = When an agreement ends, or covers less, the business must delete what it had and confirm that. Here you see how far each one is. A business that has our message has not deleted anything yet: only its own answer says so.
duties-empty = There is nothing to delete. Here you will see what businesses owe you once an agreement ends.
duties-open = Still to be confirmed
duties-done = Settled
duties-link = See what businesses have to delete
duty-stage-unreachable = Write to it yourself
duty-stage-asked = Asked
duty-stage-told = Has our message
duty-stage-seen = Looked at it
duty-stage-overdue = Too late
duty-stage-confirmed = Confirmed
duty-stage-kept = Keeps something
duty-stage-lapsed = Lapsed
duty-asked = We asked { $business } on { $date } to delete: { $claims }.
duty-asked-nothing = We asked { $business } on { $date } to delete whatever it keeps about you.
duty-owed = Since { $date }, { $business } has to delete: { $claims }.
duty-owed-nothing = Since { $date }, { $business } has to delete whatever it keeps about you.
duty-unreachable = We cannot tell this business by ourselves. Send it this letter.
duty-waits = It has not fetched our message yet.
duty-told = It has our message since { $date }. That does not mean that anything is deleted.
duty-seen = It looked at the request on { $date }. That does not mean that anything is deleted.
duty-until = It must delete and confirm by { $date } at the latest.
duty-overdue = It did not confirm by { $date }. We do not know whether your data are gone.
duty-confirmed = { $business } confirmed on { $date } that your data have been deleted.
duty-lapsed = There is nothing to delete any more: you agreed to this anew on { $date }.
duty-kept = { $business } confirmed on { $date } that your data have been deleted, except for what it says it must keep:
duty-kept-part = { $claims }, until { $date }, because of: { $law }. { $basis }
duty-late = That was after { $date }, the day by which it had to be done.
duty-letter-sent = You wrote to it on { $date }.
duty-letter = Letter to { $business }
duty-complaint = Complaint to the supervisory authority
duty-why-withdrawn = you withdrew the agreement
duty-why-ended = the business ended the agreement
duty-why-expired = the agreed time had passed
duty-why-narrowed = the agreement covers less

## Letters about deletion
letter-title = Letter to { $business }
letter-hint = Print this letter or copy it into a mail. Your name and address come from your vault: nobody else sees this page.
letter-sent-hint = After you have sent it, tell us. Your complaint then says since when the business could have answered.
letter-send = I sent this letter today
letter-sent = You sent this letter on { $date }. The business has a month to answer.
letter-no-name = Your name is not in your vault. Write it under the letter yourself.
letter-registration = Registration: { $registration }
letter-contact = Contact: { $contact }
letter-subject = Subject: deletion of my personal data (GDPR, articles 17 and 19)
letter-dear = Dear Sir or Madam,
letter-agreement = From { $since } I had an agreement with you through Sluis ({ $issuer }) for { $client }. It let you have: { $claims }.
letter-agreement-nothing = From { $since } I had an agreement with you through Sluis ({ $issuer }) for { $client }. You know me there by an identifier.
letter-end-withdrawn = I withdrew it on { $date }.
letter-end-ended = You ended it on { $date }.
letter-end-expired = The time that we had agreed passed; it ended on { $date }.
letter-agreement-lives = I have an agreement with you through Sluis ({ $issuer }) for { $client }.
letter-end-narrowed = Since { $date } these data no longer belong to it: { $claims }.
letter-asked = On { $date } you were asked on my behalf to delete these data, by { $due } at the latest, and to confirm that. You have not confirmed it.
letter-demand = I therefore ask you to delete without undue delay all personal data about me that you hold because of this agreement (article 17(1) of the General Data Protection Regulation), and to tell everyone to whom you passed them (article 19).
letter-demand-some = I therefore ask you to delete these data without undue delay (article 17(1) of the General Data Protection Regulation), and to tell everyone to whom you passed them (article 19). What the agreement still covers, you may keep.
letter-confirm = Please confirm to me in writing, within one month, that this has been done (article 12(3)). If you keep anything, tell me which data, on which legal ground, and until when (article 17(3)). If you do not comply, tell me why (article 12(4)).
letter-or-else = If I have no answer within one month, I shall lodge a complaint with the supervisory authority (article 77).
letter-references = References:
letter-subject-id = my identifier at the business: { $id }
letter-grant-id = agreement: { $id }
letter-duty-id = deletion duty: { $id }
letter-bye = Yours faithfully,
complaint-title = Complaint about { $business }
complaint-hint = This is the text of a complaint. Many authorities have a form on their site: copy the text into it, and enclose the letter and the receipts of the agreement.
complaint-first = Write to the business first. The authority will ask whether you did, and what it answered.
complaint-wait = The business has until the end of { $date } to answer your letter. Wait for that if you can: after it, the complaint also says that it did not answer in time.
complaint-subject = Complaint about the failure to delete personal data (GDPR, article 77)
complaint-about = I wish to lodge a complaint under article 77 of the General Data Protection Regulation about: { $business }, { $address }.
complaint-asked = On { $date } I wrote to this business myself, and asked it to delete the data and to confirm that within one month. It has not confirmed it.
complaint-demand = In my view the business infringes article 17(1) (deletion without undue delay), article 12(3) (answer within one month) and, if it passed my data on, article 19. I ask you to handle my complaint, to have the business delete my data, and to inform me of the outcome (article 77(2)).
complaint-demand-first = In my view the business infringes article 17(1) (deletion without undue delay) and, if it passed my data on, article 19. I ask you to handle my complaint, to have the business delete my data, and to inform me of the outcome (article 77(2)).
complaint-demand-some = In my view the business infringes article 17(1) (deletion without undue delay), article 12(3) (answer within one month) and, if it passed these data on, article 19. I ask you to handle my complaint, to have the business delete these data, and to inform me of the outcome (article 77(2)).
complaint-demand-some-first = In my view the business infringes article 17(1) (deletion without undue delay) and, if it passed these data on, article 19. I ask you to handle my complaint, to have the business delete these data, and to inform me of the outcome (article 77(2)).
complaint-evidence = I have signed receipts of the agreement, of its end and of the passing of the time to delete. They can be verified offline, with the published keys of { $issuer }.
complaint-evidence-some = I have signed receipts of the agreement, of its change and of the passing of the time to delete. They can be verified offline, with the published keys of { $issuer }.
complaint-agreement-lives = I have an agreement with this business through Sluis ({ $issuer }) for { $client }.
complaint-agreement = From { $since } I had an agreement with this business through Sluis ({ $issuer }) for { $client }. It let the business have: { $claims }.
complaint-agreement-nothing = From { $since } I had an agreement with this business through Sluis ({ $issuer }) for { $client }. The business knows me there by an identifier.
complaint-end-ended = The business ended it on { $date }.
complaint-not-confirmed = The business had to delete the data by { $due } at the latest. It has not confirmed that this was done.
complaint-not-deleted = On { $date } the business was asked on my behalf to delete these data, by { $due } at the latest, and to confirm that. It has not confirmed it.
authority-yours = The data protection authority of the country where you live or work

## Rights
rights-title = Your rights
rights-ask = Ask { $business } something
rights-hint = We send your request to the business, with a number. It has a month to answer, which you see here. The law gives it two more if it says why.
rights-unreachable = We cannot send { $business } a request. Write to it yourself: { $contact }. It has a month to answer.
rights-which = What do you ask?
rights-about = About which data? (nothing chosen: all of them)
rights-send = Send the request
right-access = Access
right-access-meaning = What do you have about me, and what do you do with it? (GDPR article 15)
right-rectification = Correction
right-rectification-meaning = Something is wrong or missing. First correct it in your own profile: the business reads it there. (GDPR article 16)
right-restriction = Restriction
right-restriction-meaning = Keep my data, but do not use them. The agreement is paused at once. (GDPR article 18)
right-portability = Take along
right-portability-meaning = Give me my data in a form that others can read. (GDPR article 20)
right-objection = Objection
right-objection-meaning = Stop using my data for this, for advertising in any case. Contact under the agreement is off at once. (GDPR article 21)
right-closed = What it wrote with that cannot be opened any more: your vault has had a new key since.
right-number = Request { $number }
right-asked = Sent on { $date }, about all your data.
right-asked-about = Sent on { $date }, about: { $claims }.
right-until = The business must answer by { $date } at the latest.
right-overdue = The business did not answer by { $date }.
right-done = On { $date } the business answered that it did what you asked.
right-refused = On { $date } the business answered that it will not.
right-extended = On { $date } the business answered that it needs until { $until }.
done-objected = Sent. From now on, contact under this agreement is off. The business has a month to answer.
done-restricted = Sent. The agreement is paused from now on. The business has a month to answer.
done-asked = Sent. The business has a month to answer.
mail-answered-subject = { $business } has answered your request { $number }
mail-extended-subject = { $business } needs more time for your request { $number }
mail-answered-read = Only you can open what the business wrote: sign in to read it.
mail-answered-link = Read what it wrote
mail-unanswered-subject = { $business } has not answered your request { $number }
mail-unanswered-since = { $business } had until { $date } to answer. You may complain to the supervisory authority.

## Ways into an account, by mail

mail-security-when = This happened on { $when }.
mail-security-not-you = Was it not you? Then sign in, change your password and sign out everywhere else. After that, look at what is set up there.
mail-security-link = Look at your security page
mail-passkey-added-subject = A passkey was added to your account
mail-passkey-added = Somebody who was signed in to your account added a passkey to it.
mail-passkey-removed-subject = A passkey was removed from your account
mail-passkey-removed = Somebody who was signed in to your account removed a passkey from it.
mail-passkey-doubted-subject = There may be a copy of your passkey
mail-passkey-doubted = The counter of one of your passkeys went back. That can be harmless, but it can also mean that somebody has a copy. If you are not sure, remove that passkey and make a new one.
mail-totp-added-subject = An authenticator app was added to your account
mail-totp-added = From now on, signing in asks for a code from the app as well.
mail-totp-removed-subject = The authenticator app was removed from your account
mail-totp-removed = Signing in does not ask for a code from the app any more.
mail-codes-made-subject = You have new recovery codes
mail-codes-made = The recovery codes that you had before do not work any more.
mail-code-used-subject = A recovery code was used
mail-code-used = { $left ->
    [0] Somebody signed in with your last recovery code. Make new ones, so that you can still get in if you lose your phone.
    [one] Somebody signed in with one of your recovery codes. One is left.
   *[other] Somebody signed in with one of your recovery codes. { $left } are left.
}
mail-password-changed-subject = Your password was changed
mail-password-changed = Your account has a new password.
mail-password-set-subject = A password was set for your account
mail-password-set = There was none before. From now on it opens your account as well.
mail-password-removed-subject = The password was removed from your account
mail-password-removed = From now on you sign in with your passkey alone.
mail-guessed-subject = Somebody is trying to get into your account
mail-guessed = Several wrong codes or passwords were tried one after the other, by somebody who got past the first step or who uses a browser in which you are signed in. They were not in yet at that moment. We make them wait longer and longer.

## Passkeys, second factors, and showing again who one is

sign-in-passkey = Sign in with a passkey
sign-in-passkey-wrong = This passkey was not accepted here. Try once more, or sign in with your password.
passkey-failed = That did not work, or it was cancelled. Try again, or choose another way.
second-title = One more step
second-password-lead = Your passkey shows who you are, but it cannot open your vault here. Type your password as well.
second-no-password = Your passkey shows who you are, but this browser does not hand over what opens your vault with it. Your account has no password, so you cannot go on here.
second-no-password-next = Sign in with the same passkey in another browser: the one in which you made it works. Or choose a password by mail: that takes a day.
second-no-password-recover = Choose a password by mail
second-passkey = Use a passkey
second-code = Code from your app
second-recovery-code = Recovery code
second-recovery-hint = Each recovery code works once.
second-code-hint = Lost your device? One of your recovery codes works here too.
second-lost-title = No device and no recovery code left?
second-lost = Then nobody can let you into this account any more, not even the operator. Look on paper once more, and in a browser where you are still signed in.
second-start-over = Start over
factor-wrong-code = This code is wrong, or was used before. A code from an app works once: wait for the next one.
factor-wrong-password = This password is wrong. Try again.
factor-wrong-passkey = This passkey was not accepted. Try again, or choose another way.
again-title = Is it you?
again-lead = For this we want to be sure. Show once more who you are; it holds for ten minutes.
again-submit = Go on
back-to-security = Back to security
security-passkey = You, with a passkey
security-passkey-text = Your device makes a key that it gives to this site alone. It is stored nowhere else.
passkeys-title = Passkeys
passkeys-lead = With a passkey you sign in with your finger, your face or the PIN of your device. It works on this site and on no other, so nobody can trick you out of it.
passkeys-not-here = Passkeys do not work at the address of this server. Ask whoever runs it for a domain name with https.
passkey-opens = Signs you in and opens your vault.
passkey-proves = Shows that it is you, after your password. It cannot open your vault by itself.
passkey-since = Added on { $date }.
passkey-used = Last used on { $date }.
passkey-unused = Not used yet.
passkey-doubted = On { $date } the counter of this passkey went back: there may be a copy of it. If you are not sure, remove it and make a new one.
passkey-remove = Remove
passkey-remove-named = Remove passkey { $name }
passkey-new = Add a passkey
passkey-add-title = Add a passkey
passkey-add-lead = Your device asks for your finger, your face or your PIN. If it can give us a key for your vault as well, you need no password when you sign in with it; if not, it comes after your password, and we will say so.
passkey-name = What do you want to call it?
passkey-name-hint = For example “my phone”. Only you see this.
passkey-name-default = My passkey
passkey-make = Make the passkey
passkey-not-taken = This passkey was not accepted. Try again; if you have one on this device already, you do not need another.
passkey-script = Passkeys need JavaScript in your browser. A password and an app with codes work without.
again-script = Your passkey needs JavaScript in your browser. Turn it on for this site, or go on in another browser.
password-change = Change your password
password-none = You have no password: you sign in with a passkey.
password-old = The password that you have now
password-new = New password
password-end-others = Sign out everywhere else
password-save = Change it
password-set = Choose a password
password-set-lead = With it you also sign in where your passkey is not at hand. Your passkey goes on working.
password-set-save = Set it
password-remove = Do without a password
password-remove-lead = From then on you sign in with your passkey alone. Type your password once more: that way nobody but you takes it away.
password-remove-submit = Take the password away
totp-title = Codes from an app
totp-on = Signing in asks for a code from your authenticator app as well.
totp-off = An authenticator app gives you a new code every half minute. With it, your password alone is not enough to get in.
totp-new = Set up an app
totp-remove = Stop asking for codes
totp-add-title = Set up an authenticator app
totp-scan = Scan this picture with the app.
totp-type = Or type this over:
totp-open = Open it in an app on this device
totp-code = The code that the app shows
totp-confirm = That is it
codes-title = Recovery codes
codes-left = You have { $left } recovery codes left. Each gets you in once if you have lost your device.
codes-low = { $left ->
    [0] You have no recovery codes. If you lose your device, you cannot get in any more.
    [one] You have one recovery code left. Make new ones in time.
   *[other] You have { $left } recovery codes left. Make new ones in time.
}
codes-make = Make new recovery codes
codes-new-title = Your recovery codes
codes-new-lead = Each of these codes gets you in once, after your password, if you have lost your device. Print them or write them down, and keep them in a safe place. If you lose your device and these codes, nobody can let you in any more.
codes-once = You see them only now. Codes that you had before do not work any more.
codes-kept = I have kept them
done-passkey-opens = Your passkey works. It signs you in and opens your vault, without your password.
done-passkey-proves = Your passkey works, but it cannot open your vault. It comes after your password, as a second step.
done-passkey-removed = The passkey is removed.
done-last-way = This passkey is your only way into your vault. Add another one first.
done-totp-added = The app is set up. From now on, signing in asks for a code.
done-totp-removed = Signing in does not ask for codes any more.
done-password = Your password is changed.
done-password-set = You have a password now, beside your passkey.
done-password-removed = You have no password any more. You sign in with your passkey.
done-again = We know that it is you, but nothing has happened yet. Press once more.


## Access: browsers, recovery kit, recovery, letters
sign-in-forgot = Forgot your password?
browser-on = { $browser } on { $system }
browser-unknown = A browser that we do not recognise
opener-password = your password
opener-passkey = a passkey of yours
opener-kit = your recovery kit
opener-escrow = the spare key of the operator
security-who = This opens your vault now: { $who }.
security-kit = Your recovery kit, on paper
security-kit-text = If you forget your password, we mail you a link, and there the kit code on paper opens your vault. Keep it where you keep your passport.
security-kit-again = Make a new kit
security-kit-make = Make a recovery kit
security-no-kit = No recovery kit yet
security-no-kit-text = A recovery kit is a code on paper. With it you open your vault yourself, even if you forget your password: all you need besides is your mail.
security-escrow-drop = Take the spare key away
security-escrow-first = Rather not? Make a recovery kit first. After that you can take this key away.
security-escrow-allow = Let the operator help after all
security-no-escrow-kit = There is no spare key. If you forget your password, your recovery kit lets you back in, or a passkey that opens your vault.
security-sessions = Where you are signed in
security-sessions-lead = Something you do not recognise? Sign it out here, and then choose a new password.
security-session-this = this browser
security-session-used = Last used
security-session-network = Network, roughly
security-session-end = Sign out
security-session-end-others = Sign out everywhere else
done-session-ended = That browser is signed out.
done-session-not-there = That sign-in was not there any more: it had ended, or was just renewed. Look whether it is in the list still.
done-sessions-ended = You are signed out everywhere else.
done-kit = Your recovery kit works. An earlier kit no longer does.
done-escrow-dropped = The spare key is gone. The operator can no longer open your vault.
done-escrow-allowed = The operator has a spare key again.
done-no-kit = The spare key is still there: make a recovery kit first.
done-mailed = The mail is on its way, unless several went in the last hour: then try again in an hour. Cannot find it? Look in your junk mail.
done-stopped = The recovery was stopped. Your password is still what it was.
standing-recovery = Someone is asking for a new password for your account
standing-unconfirmed = Your e-mail address is not confirmed yet. Follow the link in the mail that we sent you. If you had an account already, that mail says so. Make sure that the address is yours: whoever reads its mail can choose a new password after a day, unless you set up a second step.
standing-recovery-text = Not you? Then stop it now: from { $until } they can choose a new password.
standing-again = Send the mail again
standing-unreachable = Our mail does not arrive at your e-mail address. So we cannot warn you, nor help if you forget your password.
kit-title = Your recovery kit
kit-lead = Print this page or copy the code by hand. You see it only once.
kit-code-title = Kit code for { $issuer }
kit-for = For the account of { $email }
kit-picture = The code as a QR picture
kit-how = Forgot your password? Go to { $issuer }, choose “Forgot your password?” where you sign in, and follow the link in the mail that you get. Type this code there. Without your mail it does nothing. Never give it to anybody else.
kit-wrong = That is not what it says. Look at your paper and type that group again.
kit-part = Type group { $group } from your paper
kit-confirm = I have it on paper
kit-back = Back, I will make one later
confirm-email-title = Confirm your e-mail address
confirm-email-lead = One click, and we know that you read mail at this address.
confirm-email-made = Your account was made on { $made }.
confirm-email-anothers = This link is for another account with this address, made on { $made }. Was it not you who made it? Then leave it, and use the link in the mail about this account.
confirm-email-submit = Confirm my e-mail address
confirm-email-done = Thank you. Your e-mail address is confirmed.
confirm-email-void = This link no longer works: it was used, is too old, or there is a newer one. On your overview you can have a new one sent.
confirm-email-on = To your account
recover-title = Back in
recover-lead = We mail you a link to go on with.
recover-submit = Mail me a link
recover-sign-in = Sign in
recover-sent = If there is an account with this address, there will be a mail in a moment. The link in it works for an hour.
recover-sent-none = Nothing there? Look in your junk mail, or try another address.
recover-passkey = With your passkey
recover-passkey-text = You have a passkey that opens your vault. It signs you in as it is, without a password.
recover-kit = With your recovery kit
recover-kit-text = Type the kit code from your paper. Capitals, spaces and hyphens do not matter.
recover-code = Kit code
recover-password = New password
recover-set = Set the new password
recover-wrong-code = This kit code does not open your vault. See whether a character is missing or swapped.
recover-escrow = With help from the operator
recover-escrow-text = The operator of this Sluis has a spare key. We use it 24 hours after we mailed you at the earliest, so that you can stop it if somebody else is asking. If your e-mail address was changed recently, that takes longer: a week at most. Then you get a mail to choose a new password.
recover-escrow-second = Whoever signs in with the new password is also asked for your passkey, or for a recovery code.
recover-wait = Begin the wait
recover-waits = From { $until } at the earliest you can choose a new password. You will get a mail then.
recover-waits-why = Remember the password in the meantime? Then just sign in and stop this recovery.
recover-nobody = Only your password opens your vault now: there is no recovery kit, no passkey that opens it, and the operator has no spare key. Without your password your data cannot be brought back.
recover-nobody-grants = Nothing changes now: your account and your agreements with businesses go on. If you remember the password, just sign in.
recover-claimed = This account was made on { $made }, and nobody has confirmed its address since. Was it not you who made it? Then leave it. Look for the mail about the account that you did make, or make one now: the address belongs to whoever confirms it by mail.
recover-claimed-goes = When you set the new password, the recovery kit of this account goes, if it has one. Everyone is signed out, and businesses get nothing any more until you log in there again.
recover-claimed-second = A second step is set up for this account. It is asked before you can set the new password: mail alone lets nobody in.
recover-ready = The wait is over. Choose a new password. You will then be signed out everywhere.
recover-second = A second step is set up for this account. It is asked here too, because your vault will be emptied.
recover-second-claimed = A second step is set up for this account. It is asked here too, because nobody has confirmed its address.
recover-wrong-second = This code or passkey is wrong, or was used before. Nothing was changed.
recover-stop-lead = Someone is asking for a new password for your account. If that is not you, stop it.
recover-stop = Stop this recovery
recover-stopped = Stopped. Your password is still what it was.
recover-done = Your new password works. You are signed out everywhere: sign in now.
recover-void = This link no longer works: it was used, is too old, there is a newer one, or the recovery was stopped.
recover-by-passkey = With your passkey
recover-by-code = With a code
recover-again = Ask for a new link
letter-confirm-subject = Confirm your e-mail address
letter-confirm-why = On { $made } an account was made with this address at { $issuer }. Confirm that you read your mail here: sign in to that account when the link asks for it. The link works for a day.
letter-confirm-not-you = Was this not you? Then you need do nothing.
letter-confirm-link = Confirm your e-mail address
letter-tried-subject = You already have an account
letter-tried-what = Someone, probably you, wanted on { $when } to use this address for an account at { $issuer }. There is one already.
letter-tried-forgot = Forgot your password? On the sign-in page you can choose a new one.
letter-tried-not-you = Was it not you? Then you need do nothing: nothing has changed.
letter-tried-link = Sign in
letter-browser-subject = A new browser signed in to your account
letter-browser-what = On { $when } someone signed in to your account in a browser that we did not know: { $browser }.
letter-browser-you = Was it you? Then you need do nothing.
letter-browser-not-you = Was it not you? Then sign that browser out under Security, and choose a new password.
letter-browser-link = See where you are signed in
letter-forgotten-subject = Back in to Sluis
letter-forgotten-what = On { $when } someone, probably you, asked for a new password. This link works for an hour, and once.
letter-forgotten-claim = It is about the account that was made on { $made }. Nobody has confirmed this address for it yet. If more accounts were made with this address, you get a mail about each.
letter-forgotten-not-you = Was it not you? Then you need do nothing. Nobody gets in with this link at once: you will be told, and then have a day to stop it.
letter-forgotten-link = Go on
letter-started-subject = Someone wants to renew your password: stop it if that is not you
letter-started-what = On { $when } someone asked to get back in with the spare key of the operator. That can be done from { $ready } at the earliest.
letter-started-not-you = Was it not you? Then stop it now. Someone may be reading your mail, so choose a new password for that too.
letter-started-link = Stop this recovery
letter-ready-subject = Choose a new password
letter-ready-what = The wait is over. With this link you choose a new password. It works for three days, and once.
letter-ready-not-you = Did you not ask for this? Then sign in and stop it on your overview.
letter-ready-link = Choose a new password
letter-stopped-subject = The recovery was stopped
letter-stopped-what = The recovery of your account was stopped on { $when }. Your password is still what it was.
letter-security-link = See your security
letter-recovered-subject = Your account has a new password
letter-recovered-what = On { $when } a new password was set. You were signed out everywhere.
letter-recovered-not-you = Was it not you? Then ask for a new link at once, and choose a new password for your mail too.
letter-recovered-link = Back in
letter-kit-subject = Your recovery kit was made
letter-kit-what = On { $when } a recovery kit was made for your account. An earlier kit no longer works.
letter-kit-not-you = Was it not you? Then sign out everywhere else, choose a new password and make a new kit.
letter-escrow-subject = The spare key of the operator is gone
letter-escrow-what = On { $when } the spare key of the operator was taken away. Only you can open your vault now: with your password, a passkey or your recovery kit.
letter-escrow-not-you = Was it not you? Then sign out everywhere else and choose a new password.
letter-escrow-again-subject = The operator has a spare key again
letter-escrow-again-what = On { $when } the operator was given a spare key of your vault again. With it they can let you back in if you forget your password, and so also read what is in your vault.
letter-guessed-subject = Somebody is guessing at your password
letter-guessed-what = On { $when } several wrong passwords were tried for your account at { $issuer }, one after the other. They were not in yet at that moment.
letter-guessed-slower = Whoever does that has to wait longer and longer. In a browser where you have signed in before, you do not notice, unless the guessing is done there.
letter-guessed-elsewhere = Was it you? Then you need do nothing. If you use this password elsewhere too, choose a new one.


## Who read what, looked through
history-filter = Look for reads
history-why = Why
history-anybody = Anybody
history-anything = Anything
history-any-purpose = Any purpose
history-from = From
history-until = Up to and including
history-show = Show
history-all = Show everything
history-none = Nobody read this. Try a longer period or another business.
history-none-yet = Nothing found up to here.
history-not-a-day = This is not a date. Write it as 2026-11-22.
history-count = { $count ->
    [one] read once
   *[other] read { $count } times
}
history-count-since = { $count ->
    [one] read once
   *[other] read { $count } times
  } since { $date }. There is more further back.
history-picture-day = Reads per day
history-picture-week = Reads per week
history-picture-says = { $count ->
    [one] Read once
   *[other] Read { $count } times
  } between { $from } and { $until }. Most often on { $busiest }: { $most } times.
history-bar = { $date }: { $count }
history-newer = Newer
history-further = Look further back
history-went = Everything in your account went to { $to }, on { $date }

## Who has what
holdings-title = Who has what
holdings-lead = Every business that knows you, and what it has of you. Choose anything to see the agreement that it rests on.
holdings-link = See who has what
holdings-business = Business
holdings-note = “Deleted” is what the business itself says. That we told it to delete is not enough to say so.
holding-granted = may read
holding-paused = paused
holding-deleting = must delete by { $date }
holding-overdue = should be deleted since { $date }
holding-kept = kept until { $date }, by law, it says
holding-deleted = deleted, it says
holding-never = never

## Minors
minor-title = Until { $date } some things are closed
minor-why = By the birthdate that you gave, you are under 16. Until your sixteenth birthday the high profile is closed, and businesses may not contact you for advertising: the law has a parent decide on that (GDPR, article 8). On { $date } both open by themselves.
minor-grants = Did an agreement go further already? That part has ended, and the business must delete it. You got a mail about it. Taking your birthdate away does not open it again.
tier-minor = Closed until you are 16, on { $date }.
item-minor = stays with you until you are 16, on { $date }
missing-minor = Your { $claim } can go along when you are 16, from { $date }.
missing-permission-minor = “{ $permission }” can be allowed when you are 16, from { $date }.

## Taking everything along
data-title = Take your data with you
data-lead = Your data are yours. Take them along whenever you like, in a form that other programs can read.
data-link = Take your data with you
data-everything = Everything
data-everything-text = One file with the data that your account holds, your profiles and house rules, every agreement with its receipts, who read what, what has to be deleted, and what you asked of businesses and they answered.
data-everything-get = Download everything
data-careful = The file is not encrypted. Keep it where nobody else comes.
data-schema = What is in it, for programmers
data-card = For your address book
data-card-text = Your name, addresses, phone number and birthday as a vCard, which most address books open.
data-card-get = Download the card
data-import = From another provider
data-import-text = Do you come from another Sluis? Bring along what you have there. You see first what would change, and choose.
data-import-go = Bring data along
data-came = What came along
data-came-text = Your agreements and receipts from elsewhere. They are there to read, and go along when you take everything with you.
data-came-at = Came along on { $date }

## Bringing along
import-title = Bring data along
import-lead = From another Sluis: straight, or with the file that it gave you. Nothing changes until you have seen what would come along.
import-refused = This file cannot be taken
import-file-title = From a file
import-file = Your export
import-file-hint = The file “sluis-export.json”, at most 32 MB.
import-look = See what is in it
import-large = This file is larger than any that we read.
import-large-then = An up-to-date Sluis leaves the oldest reads out before its file gets this large. Ask whoever runs your old provider to upgrade it, and download it again.
import-slow = The file came in too slowly, and we stopped.
import-slow-then = Nothing has changed. Try again on a faster line, or fetch it straight from your old provider above.
import-other = This is not an export of Sluis.
import-other-then = At your old provider, go to “Take your data with you” and download everything.
import-newer = A newer Sluis made this file, and we do not understand all of it. Half of it would be lost on the way, so we took nothing.
import-newer-then = Ask whoever runs this Sluis to upgrade it, and try again then. Keep the file.
import-broken = The file is damaged, or was changed: line { $line }, position { $column } is not right.
import-broken-then = Download it again at your old provider, and do not open or edit it in between.
import-text = There is a text in it that is far too long, or that cannot be shown.
import-future = The file says that it was made on a day that is yet to come.
import-closed = The file says that you turn 16 more than sixteen years from now. That cannot be.
import-future-then = One of the two clocks is wrong. Try again tomorrow, or ask your old provider.
import-many = You have brought data along twenty times.
import-full = With what came along before, this is more than fits into one export. Then you could not take all of it with you later.
import-full-then = Throw away what you no longer need under “What came along”, and try again.
import-full-alone = What came along to your old provider from those before it does not fit into one export here. Then you could not take all of it with you later.
import-full-alone-then = At your old provider, throw away what you no longer need under “What came along”, and download your export there again.
import-many-then = Throw away what you no longer need under “What came along”, and try again.
preview-title = This would come along
preview-lead = Choose what you take over. What is new is ticked. Where you have something else here, it stays unless you tick it.
preview-closes-title = Until { $date } this closes some things
preview-closes = By this file you are under 16 until { $date }. Whatever you tick: as soon as you take something over, the high profile is closed here until then, and businesses may not contact you for advertising. Parts of agreements that go further end, and the businesses have to delete them. Is that wrong? Fill in your birthdate here first, or take nothing over.
preview-closes-row = By this birthdate you are under 16 until { $date }. If you take it over, the high profile is closed here until then, and businesses may not contact you for advertising. Parts of agreements that go further end, and the businesses have to delete them.
preview-attributes = Your data
preview-profiles = Your profiles
preview-rules = Your house rules
preview-new = New here
preview-instead = Instead of: { $here }
preview-same = { $count ->
    [one] One more piece of data is the same here already.
   *[other] { $count } more pieces of data are the same here already.
}
preview-nothing = Everything in it is the same here already.
preview-records = Your agreements there
preview-records-text = Agreements were made between you, a business and your old provider. They cannot go on here: at each business you log in anew. Their receipts and history come along, to look things up and to prove them.
preview-records-kept = These records came along before.
preview-records-keep = Keep these records here
preview-left = What stays behind, and why
preview-left-grants = Agreements in force: a business agreed them with your old provider. End them there, or let them run out.
preview-left-verified = Check marks: that your e-mail address or phone number was verified is your old provider's word. Here they are data that you gave.
preview-left-account = Your sign-in, your notice address and your language: your account here has its own.
preview-left-unusable = Your { $claim }: the value in the file is not one that we can use. Fill it in yourself.
preview-take = Take over what is ticked
preview-discard = Take nothing over
preview-rule-yes = Yes: { $what }
preview-rule-no = No: { $what }
preview-rule-asks = Ask me everything
archive-title = From another provider
archive-lead = Came along on { $date }. Nothing follows from it here: these agreements are with your old provider.
archive-written = Written down on { $date }.
archive-grants = { $count ->
    [one] 1 agreement
   *[other] { $count } agreements
}
archive-receipts = { $count ->
    [one] 1 receipt
   *[other] { $count } receipts
}
archive-reads = { $count ->
    [one] 1 time that somebody read your data
   *[other] { $count } times that somebody read your data
}
archive-reads-newest = The newest alone: older reads did not fit into the file
archive-duties = { $count ->
    [one] 1 time that something must be deleted
   *[other] { $count } times that something must be deleted
}
archive-requests = { $count ->
    [one] 1 request to a business
   *[other] { $count } requests to businesses
}
archive-checked = The receipts were checked with the keys that { $provider } publishes. The rest is what the file says.
archive-checked-file = We could not ask { $provider } for its keys. The receipts fit the keys in the file itself: they were not changed, but who signed them was not checked.
archive-flaws = Not right
archive-proof = Proof
archive-more = There is more than fits here. All of it is in your export.
archive-away = Throw away
archive-away-text = Then these records are gone here for good. Your data and profiles stay as they are.
archive-away-do = Throw these records away
flaw-tampered = Receipt { $number } of { $business } was changed, and did not come along.
flaw-not-theirs = Receipt { $number } of { $business } was not signed by that provider, and did not come along.
flaw-misplaced = Receipt { $number } of { $business } belongs to another agreement, and did not come along.
flaw-gap = Before receipt { $number } of { $business } one is missing.

## Of age
of-age-title = You are 16: everything is open
of-age-text = Since { $date } the high profile is open to you, and you decide yourself whether businesses may contact you. What ended before does not come back by itself: you agree to it anew, if you like.
mail-minor-closed-subject = Your birthdate closed some things
mail-minor-closed = By the birthdate that is in your account now, you are under 16. Until your sixteenth birthday the high profile is closed, and businesses may not contact you for advertising (GDPR, article 8). Agreements that went further have less from now on, and the businesses are told to delete the rest.
mail-minor-opened-subject = Your birthdate was changed
mail-minor-opened = By the birthdate that is in your account now, you are 16 or older. By the one before, you were not. What is closed to people under 16 is open from now on; agreements that had ended stay ended.
mail-went-along-subject = Your account was copied to another provider
mail-went-along = Everything that your account holds was handed to another provider, once, because somebody who was signed in as you said so. Your account here goes on as it was.
mail-downloaded-subject = Everything in your account was downloaded
mail-downloaded = Somebody who was signed in as you downloaded everything that your account holds as a file. If that was not you, change your password and sign out everywhere else.

## From provider to provider
data-went = Went along to another provider
data-went-to = To { $to }, on { $date }
arrival-title = Straight from your old provider
arrival-text = You sign in there, say that everything may go along, and come back here. Then you see what would change.
arrival-provider = Address of your old provider
arrival-go = Fetch it there
arrival-address = We do not know this as the address of another Sluis. Write it as it stands in your browser when you are signed in there.
arrival-unreachable = There is no Sluis at that address that we can reach, or it cannot hand an account over directly.
arrival-closed = Your old provider does not let other providers ask for an account directly. Whoever runs it has decided so.
arrival-busy = It was busy, here or at your old provider, and nothing came along. Begin again with the address below.
arrival-refused = Your old provider did not hand anything over. Try again from the start; it works once each time.
arrival-stray = This answer does not belong to anything that you began here, or it took too long. Nothing was taken over.
arrival-denied = You said no at your old provider. Nothing was taken over.
arrival-file = You can always take the file: download everything at your old provider under “Take your data with you”, and hand it in below.
onward-title = On to your old provider
onward-lead = You now go to { $provider }. Sign in there, and look at the address: only say yes when it is the page that you know.
onward-go = Go to { $provider }
transfer-title = Copy everything to { $to }?
transfer-lead = You asked at { $to } to bring your account along. If you say yes, it gets all that your account holds here, once.
transfer-goes = This goes along
transfer-attributes = All your data: name, addresses, phone number, payment account, birthdate, everything that is filled in
transfer-profiles = Your three profiles and your house rules
transfer-grants = Every agreement with every business, with its receipts
transfer-history = Who read what, what has to be deleted, and what you asked and businesses answered
transfer-stays = Nothing ends here: your account and your agreements go on, until you end them yourself. We mail you that it was done.
transfer-sure = Only if you began this yourself
transfer-sure-text = Say no if somebody called, mailed or messaged you about it, or if you do not know { $to }. Whoever gets this has all your data.
transfer-deny = No, stop
transfer-allow = Yes, copy everything

## The end of an account
erase-title = Erase your account
erase-lead = This cannot be undone. Read what will happen, and take your data with you first if you want to keep anything.
erase-export = First take your data with you
erase-businesses = Businesses are told
erase-no-businesses = You have no agreement with any business at the moment, so there is nobody to tell.
erase-businesses-text = These agreements end. The businesses can ask for nothing any more, and are told to delete what they have of you and to confirm it.
erase-must-delete = Must delete everything by { $date }.
erase-kept-by-law = For “{ $purpose }” the law lets it keep some of it, for { $period } at most.
erase-unheard = Businesses go on confirming to this Sluis what they deleted, but we can no longer tell you: your address is gone. If you want to see their answers, withdraw your agreements first, and erase your account when they have answered.
erase-gone = This is destroyed
erase-gone-data = Your data, profiles and house rules, what businesses read, and your requests with their answers.
erase-gone-keys = Every key: those of your password, passkeys and recovery kit, and the spare key of this Sluis.
erase-gone-ways = Your e-mail address and every way in. You are signed out everywhere. Whoever signs up with that address later is a stranger.
erase-backups = Old copies of the database may last longer. A month from now at the latest, the last key of this Sluis that fits them is destroyed: then nobody opens them without your own password, passkey or kit. Your e-mail address alone can be read in them until they are gone.
erase-stays = What stays, and why
erase-stays-text = Your agreements with their receipts, under a random number without your name or address, and what businesses answer. They show what you agreed to and that businesses were told to delete, in case somebody has to be held to it (GDPR article 17(3)(e)). After { $years } years that goes too.
erase-mail = When it is done we mail { $email } once more. Then we forget that address.
erase-do = Erase it
erase-when = When?
erase-now = At once
erase-not-before = On { $date }, as soon as it can be done
erase-not-before-hint = Your e-mail address was changed recently. Whoever reads mail at the address before it can undo that until then, so until then nothing is erased: somebody else may have changed it. Your agreements are paused, you are signed out everywhere else, and we mail both addresses.
erase-later = On { $date }: I want a month to think it over
erase-later-hint = Until then your agreements are paused and businesses can ask for nothing. You are signed out everywhere else. You can sign in to call it off.
erase-type = Type “{ $word }” to show that you mean it
erase-word = erase
erase-wrong = That is not what we asked. Type “{ $word }”. Nothing was erased.
erase-submit = Erase my account
erase-keep = No, keep my account
erase-waits = Your account will be erased
erase-waits-text = That happens on { $until }. Until then you can call it off, and everything is as it was.
erase-call-off = Keep my account
erase-waits-paused = Until then your agreements are paused: businesses can ask for nothing, and you cannot log in anywhere with this account.
erase-link = Erase your account
erase-link-text = Your data and keys are destroyed, and businesses are told to delete theirs. You first see what will happen.
erased-title = Your account is gone
erased-done = Your data and every key to them are destroyed. The businesses that you had agreements with are told to delete theirs.
erased-mail = One last mail with an overview is on its way. After that we do not know your address any more.
erased-again = You can sign up again whenever you like. Nobody will recognise you.
letter-erased-subject = Your account is gone
letter-erased-what = Your account at { $issuer } was erased on { $when }. Your data and every key to them are destroyed.
letter-erased-told = { $business } was told. It must delete everything by { $date }.
letter-erased-unheard = Keep this mail if you want to hold them to it: we cannot tell you what they answer, for after this mail we do not know your address any more.
letter-erased-kept = The agreements and receipts stay for { $years } years, under a random number without your name or address, to show what was agreed.
letter-erased-not-you = Was it not you? Then somebody else had your password. The account cannot be brought back; you can sign up anew.
letter-erased-link = To Sluis
letter-erasure-waits-subject = Your account will be erased
letter-erasure-waits-what = On { $when } somebody who was signed in asked us to erase your account. That happens on { $due }.
letter-erasure-waits-paused = Until then your agreements are paused: businesses can ask for nothing.
letter-erasure-waits-not-you = Was it not you, or did you change your mind? Sign in and call it off. If it was not you, set a new password as well.
letter-erasure-waits-undo = The e-mail address of that account was changed recently. Was it not you? Then undo that before this time, with the link in our earlier mail “{ $subject }”. You get your address back, and the account stays.
letter-erasure-waits-link = Call it off
letter-erasure-off-subject = Your account stays
letter-erasure-off-what = On { $when } the erasure of your account was called off. Agreements that were paused for it go on.

## While a way back in waits
tier-recovery = Closed while somebody asks for a new password for this account. Is that not you? Stop it on your overview, and this opens again.
item-recovery = stays with you while somebody asks for a new password for this account
missing-recovery = Your { $claim } cannot be added while somebody asks for a new password for this account. Stop that on your overview if it is not you.
missing-permission-recovery = “{ $permission }” cannot be allowed while somebody asks for a new password for this account. Stop that on your overview if it is not you.

## An empty vault
recover-empty = Start again with an empty vault
recover-empty-kit = Without the paper, with an empty vault
recover-empty-text = You can keep your account with a new password and an empty vault. Read what that means:
recover-empty-gone = Gone for good: your data, profiles and house rules, the record of who read what, and your requests with their answers.
recover-empty-stays = What stays: your account, your e-mail address, your agreements with their receipts, and what businesses must delete.
recover-empty-grants = Businesses can ask for nothing any more with what they have now, but keep what they have read. When you log in there again, they get what you have filled in by then. You can withdraw every agreement as ever.
recover-empty-factors = A second step stays, and is asked before your vault is emptied. A passkey or kit that opened the vault opens nothing any more.
recover-empty-wait = It takes 24 hours from when we mailed you, or up to a week if your e-mail address was changed recently. So you can stop it if somebody else is asking. Do you remember the password, or find a passkey that opens your vault? Then sign in with that, and nothing is lost.
recover-empty-wait-kit = It takes seven days from when we mailed you, because there is a recovery kit: look for the paper once more, nothing is lost with it. So you can stop it if somebody else is asking. Do you remember the password, or find a passkey that opens your vault? Then sign in with that.
recover-empty-word = empty
recover-empty-type = Type “{ $word }” to show that you mean it
recover-empty-submit = Begin the wait
recover-empty-submit-kit = Begin the seven days
recover-empty-wrong = That is not what we asked. Type “{ $word }”. Nothing was changed.
recover-will-empty = When you set this password, your vault is emptied. What was in it is gone for good, and nobody can bring it back.
letter-emptying-subject = Your vault will be emptied: stop it if that is not you
letter-emptying-what = On { $when } someone said that the password of your account is lost, and that nobody else has a key. From { $ready } at the earliest the account can be given a new password and an empty vault.
letter-emptying-lost = What is in your vault is then gone for good. Do you still know the password? Then sign in and stop it.
letter-emptied-subject = Your account has a new password and an empty vault
letter-emptied-what = On { $when } a new password was set. What was in your vault is gone. You were signed out everywhere.
letter-emptied-next = Fill in your data again, and make a recovery kit, so that this does not happen again. Businesses get what you fill in when you log in there the next time.

## Another e-mail address

email-title = Change your e-mail address
email-lead = Now you sign in with { $email }, and get your mail there.
change-waits = A change of your e-mail address waits
change-waits-text = To { $email }. Follow the link that we mailed there, while you are signed in here. It holds until { $until }, and until you follow it nothing changes.
change-waits-not-you = Was it not you who asked? Then call it off, sign out everywhere else, and choose a new password.
change-call-off = Call it off
change-again = Mail me the link once more
email-new = New e-mail address
email-hint = We mail a link to it. Nothing changes until you follow it.
email-submit = Mail me the link
email-same = This is the address that you have already.
email-profiles = What businesses see is another matter: that is in your profiles.
email-profiles-link = The address that businesses see
email-change-lead = From now on you sign in with { $email }, and get your mail there.
email-change-submit = Use this address
email-undo-lead = You get { $email } back as the address to sign in with and to be mailed at. Everybody is signed out of your account.
email-undo-submit = Undo the change
email-undo-goes = This was set up since the change was asked for, and goes too, so that nobody gets in by it: { $what }. Whatever was there before stays.
email-undo-went = This was set up since the change was asked for, and is gone: { $what }. Was it yours? Then set it up again.
email-undo-password-stays = The password was set since the change was asked for as well. It stays, for without it nothing would open your vault any more. If it is not yours, somebody else can still get in with it: choose a new one at once.
gone-passkeys = { $count ->
    [one] a passkey
   *[other] { $count } passkeys
}
gone-password = the password
gone-app = the authenticator app
gone-codes = the recovery codes
gone-kit = the recovery kit
email-undone = Undone. Your address is what it was, and everybody is signed out.
email-undone-next = Choose a new password now: whoever changed your address may know the old one. Then look under Security for a passkey, an app or a kit that is not yours.
email-void = This link does nothing any more: it was used, is too old, or there is a newer one; or it belongs to another account than the one that you are signed in to.
email-taken = There is another account with this address. Sign in to it with this address. If you want it for this account, give that one another address first, and follow the link again.
confirm-email-taken = There is another account with this address already. Sign in to that one.
done-email-asked = The link is on its way to your new address. Nothing changes until you follow it. At your old address we tell that you asked.
done-email-kept = Called off. Your address stays what it is, and the link that we mailed does nothing any more.
done-no-change = That change does not wait any more: it was called off or made, is too old, or another took its place.
done-email-changed = From now on you sign in with your new address. What businesses see is in your profiles: change it there if they should have it too.
letter-address-asked-subject = Somebody wants to change your e-mail address
letter-address-asked-what = On { $when } someone, probably you, asked for another e-mail address for your account. Nothing changes until they follow the link that we mailed there.
letter-address-asked-not-you = Was it not you? Then choose a new password now, and sign out everywhere else.
letter-address-kept-subject = Your e-mail address stays what it is
letter-address-kept-what = On { $when } the change of your e-mail address was called off. Nothing has changed, and the link that we mailed for it does nothing any more.
letter-address-kept-not-you = Was it not you who called it off? Then choose a new password now, and sign out everywhere else.
letter-address-link-subject = Confirm your new e-mail address
letter-address-link-what = On { $when } someone, probably you, asked to use this address at { $issuer }. Follow the link while you are signed in there. It works for a day, and once.
letter-address-link-not-you = Was this not you? Then you need do nothing.
letter-address-link-link = Use this address
letter-address-left-subject = Your account has another e-mail address
letter-address-left-what = Since { $when } you sign in with another e-mail address, and get your mail there.
letter-address-left-undo = Was it not you? Then undo it now. For seven days this link gives you your address back, and signs everybody out.
letter-address-left-never = It cannot be undone from here, since this address was never confirmed.
letter-address-left-link = Undo the change
letter-address-new-subject = This is the e-mail address of your account now
letter-address-new-what = Since { $when } you sign in at { $issuer } with this address, and get your mail here.
letter-address-new-profiles = What businesses see is in your profiles. Change it there if they should have this address too.
letter-address-restored-subject = Your e-mail address is yours again
letter-address-restored-what = On { $when } the change of your e-mail address was undone. Everybody was signed out.
letter-address-restored-next = Choose a new password now: whoever changed your address may know the old one. Then look under Security for a passkey, an app or a kit that is not yours.
letter-address-dropped-subject = This is no longer the e-mail address of your account
letter-address-dropped-what = On { $when } the change to this address at { $issuer } was undone by somebody who reads mail at the address before it. You were signed out.
letter-address-dropped-you = Was it you who wanted this address? Then sign in with the one before it, and change it again.

## Signing up with a passkey

sign-up-passkey = With a passkey
sign-up-passkey-why = With your finger, your face or your PIN: nothing to remember, and nothing that anybody can guess.
sign-up-or-password = Or with a password
sign-up-passkey-title = Make an account with a passkey
sign-up-passkey-lead = Your device asks for your finger, your face or your PIN. From then on you sign in with that, without a password.
sign-up-passkey-submit = Make account with a passkey
sign-up-passkey-password = Rather with a password
sign-up-passkey-proves = Your passkey works, but this device cannot open your vault with it. So choose a password as well: it opens your vault, and your passkey comes after it as a second step.
passkey-rename = Rename
passkey-rename-label = New name
passkey-rename-named = Rename passkey { $name }
done-passkey-renamed = Your passkey has another name.
