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
or = or
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
consent-title = { $business } would like to know you
consent-of = of { $business }
consent-policy = Privacy policy
consent-terms = Terms
consent-changed = The question changed while you were looking.
consent-changed-more = Below is what is asked now. Nothing has been released yet.
consent-no-tier = First choose the profile that you want to log in with.
consent-unmet = “{ $purpose }” cannot be done yet: { $claims } is missing. You can:
consent-add-only = Add just your { $claim }
consent-choose-next = Choose profile { $tier }
consent-stop = stop here
consent-no-value = You have not filled in a { $claim } yet, so it cannot go along.
consent-retention-wrong = Choose a retention period from the list.
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
switch-too-low = Only counts once your profile allows this: { $placement }.
consent-switch-purpose = Yes, go ahead
consent-choose = What do you let through?
consent-choose-hint = You see your own data, exactly as the business would get them.
panel-nothing = Nothing of yours goes along. The business still recognises you when you return.
panel-keeps = Kept for { $period } at most
panel-unmet = “{ $purpose }” cannot be done with this
missing-not-in-tier = Your { $claim } is not in profile { $tier }.
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
retention-longest = As long as this profile and the business allow, whichever is shorter
consent-retention-hint = After that the business must delete your data. You can always make it shorter, later too.
consent-allow = Let through and log in
consent-deny = Do not log in
consent-keep-old = Keep the old agreement
consent-after = You get a signed receipt. You can withdraw at any time, with one click in your account. Then you go back to { $business }.

## Answered already
answered-title = You have already answered this
answered-text = Perhaps in another tab. Your answer to { $business } stands; nothing happened twice.
answered-manage = See your agreement with { $business }
answered-overview = To your overview
