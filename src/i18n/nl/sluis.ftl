# De teksten van Sluis. Jij-vorm, helder, de woorden van het product.

## Om elke pagina
skip = Naar de inhoud
menu-label = Je account
menu-overview = Overzicht
menu-businesses = Bedrijven
menu-profiles = Profielen
menu-history = Wie las wat
menu-security = Beveiliging
menu-sign-out = Uitloggen
footer-what = Sluis: jij bedient de sluis, jij bepaalt wat er doorstroomt.

## Algemeen
or = of
none = niets
nobody = niemand
list-and = { $first } en { $last }
at-most = hooguit { $period }
period-days = { $count ->
    [one] { $count } dag
   *[other] { $count } dagen
}
period-weeks = { $count ->
    [one] { $count } week
   *[other] { $count } weken
}
period-months = { $count ->
    [one] { $count } maand
   *[other] { $count } maanden
}
period-years = { $count } jaar
problems-title = Nog niet gelukt

## Gegevens
claim-name = naam
claim-given-name = voornaam
claim-family-name = achternaam
claim-nickname = roepnaam
claim-email = e-mailadres
claim-locale = taal
claim-address = woonadres
claim-delivery-address = bezorgadres
claim-phone-number = telefoonnummer
claim-payment-account = bankrekening
claim-birthdate = geboortedatum
claim-gender = gender
claim-preferences = voorkeuren

## Toestemmingen
permission-analytics = Mijn gedrag analyseren
permission-analytics-meaning = Bijhouden en onderzoeken wat je bekijkt en koopt.
permission-personalisation = Aanbod op mij afstemmen
permission-personalisation-meaning = Je andere dingen laten zien op grond van wat ze van je weten.
permission-omnichannel = Winkel, site, app en telefoon samenvoegen
permission-omnichannel-meaning = Wat ze op verschillende plekken van je verzamelen aan elkaar knopen.
permission-email = Mij mailen
permission-email-meaning = Berichten per e-mail, ook reclame.
permission-sms = Mij een sms sturen
permission-sms-meaning = Berichten per sms, ook reclame.
permission-phone = Mij bellen
permission-phone-meaning = Telefoontjes, ook met aanbiedingen.
permission-post = Mij post sturen
permission-post-meaning = Post op je adres, ook reclame.

## Niveaus
tier-anonymous = Anoniem
tier-anonymous-meaning = Inloggen zonder iets te laten zien
tier-low = Laag
tier-low-meaning = Wie je bent
tier-medium = Midden
tier-medium-meaning = Ook waar je bereikbaar bent en hoe je betaalt
tier-high = Hoog
tier-high-meaning = Ook meer over jou, en wat ermee mag
placement-low = vanaf laag
placement-medium = vanaf midden
placement-high = alleen in hoog
placement-never = in geen enkel profiel

## Grondslagen
basis-consent = Jouw toestemming. Die kun je altijd intrekken.
basis-contract = Nodig om te doen wat je met het bedrijf afspreekt, zoals je bestelling bezorgen.
basis-legal-obligation = De wet verplicht het bedrijf hiertoe. Intrekken verandert daar niets aan.
basis-vital-interests = Nodig om iemands leven of gezondheid te beschermen.
basis-public-task = Nodig voor een taak van de overheid.
basis-legitimate-interest = Het bedrijf vindt dat het hier een goede reden voor heeft. Je kunt bezwaar maken.

## Toestemmingspagina
consent-title = { $business } wil je leren kennen
consent-of = van { $business }
consent-policy = Privacybeleid
consent-terms = Voorwaarden
consent-changed = De vraag is veranderd terwijl je keek.
consent-changed-more = Hieronder staat wat er nu gevraagd wordt. Er is nog niets vrijgegeven.
consent-no-tier = Kies eerst met welk profiel je wilt inloggen.
consent-unmet = “{ $purpose }” kan nog niet: { $claims } ontbreekt. Je kunt dit doen:
consent-add-only = Geef alleen je { $claim } erbij
consent-choose-next = Kies profiel { $tier }
consent-stop = stop hier
consent-no-value = Je hebt nog geen { $claim } ingevuld, dus dat kan niet mee.
consent-retention-wrong = Kies een bewaartermijn uit de lijst.
widening-title = Wat er verandert
widening-lead = Met { $business } heb je sinds { $date } een afspraak. Nu wordt er meer gevraagd. Zeg je nee, dan blijft de oude afspraak gewoon gelden.
widening-before = Zoals het nu is
widening-after = Zoals gevraagd
subject-tier = Niveau
subject-claims = Gegevens
subject-purposes = Doelen
subject-permissions = Toestemmingen
subject-retention = Bewaartermijn
subject-recipients = Ook gedeeld met
flow-you = Jij
consent-why = Waarvoor
consent-asks-nothing = { $business } vraagt geen gegevens. Je kunt anoniem inloggen.
purpose-required = Hoort bij inloggen
purpose-optional = Mag je weigeren
purpose-offer = In ruil daarvoor:
purpose-more = Welke gegevens, hoe lang en waar
purpose-needs = Nodig
purpose-helps = Mag, hoeft niet
purpose-basis = Op grond van
purpose-keeps = Bewaren
purpose-recipients = Ook gedeeld met
purpose-storage = Bewaard in
switch-too-low = Telt pas mee als je profiel dit toestaat: { $placement }.
consent-switch-purpose = Ja, dit mag
consent-choose = Wat laat je door?
consent-choose-hint = Je ziet je eigen gegevens, precies zoals het bedrijf ze krijgt.
panel-nothing = Er gaat niets van jou mee. Het bedrijf herkent je wel als je terugkomt.
panel-keeps = Hooguit { $period } bewaard
panel-unmet = “{ $purpose }” kan hiermee niet
missing-not-in-tier = Je { $claim } zit niet in profiel { $tier }.
missing-no-value = Je hebt nog geen { $claim } ingevuld.
missing-fill = Vul je { $claim } in
items-title = Per gegeven
items-choose-first = Kies eerst een profiel. Daarna kun je hier per gegeven afwijken.
items-hint = Wijk hier af van je profiel, alleen voor { $business }.
item-needed = nodig
item-no-value = Nog niet ingevuld.
item-for = voor { $purposes }
item-goes = gaat mee
item-stays = blijft bij jou
item-withhold = Houd achter
item-add = Geef toch, alleen hier
consent-retention = Hoe lang mag het bewaard worden?
retention-longest = Zo lang als dit profiel en het bedrijf toestaan, de kortste van de twee
consent-retention-hint = Daarna moet het bedrijf je gegevens wissen. Korter kan altijd, ook later.
consent-allow = Laat door en log in
consent-deny = Niet inloggen
consent-keep-old = Houd de oude afspraak
consent-after = Je krijgt een ondertekend toestemmingsbewijs. Intrekken kan altijd, met één klik in je account. Daarna ga je terug naar { $business }.

## Al beantwoord
answered-title = Deze vraag heb je al beantwoord
answered-text = Misschien in een ander tabblad. Je antwoord aan { $business } staat vast; er is niets dubbel gebeurd.
answered-manage = Bekijk je afspraak met { $business }
answered-overview = Naar je overzicht
