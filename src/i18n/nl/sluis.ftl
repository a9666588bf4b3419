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
consent-title = Waarmee log je in bij { $business }?
consent-of = van { $business }
consent-policy = Privacybeleid
consent-terms = Voorwaarden
consent-changed = De vraag is veranderd terwijl je keek.
consent-changed-more = Hieronder staat wat er nu gevraagd wordt. Er is nog niets vrijgegeven.
consent-no-tier = Kies eerst met welk profiel je wilt inloggen.
consent-unmet = “{ $purpose }” kan zo nog niet. Je kunt dit doen:
consent-add-only = Geef alleen je { $claim } erbij
consent-choose-next = Kies profiel { $tier }
consent-stop = stop hier
consent-retention-wrong = Kies een bewaartermijn uit de lijst.
consent-too-high = Dat profiel kan hier niet, want niemand staat in voor deze site. Kies een lager profiel.
unvetted-title = Niemand staat in voor { $business }
unvetted-device = Dit apparaat heeft zichzelf aangemeld. Niemand heeft nagegaan wie erachter zit. Had je deze vraag niet verwacht? Log dan niet in.
unvetted-text = Deze site heeft zichzelf aangemeld. Niemand heeft nagegaan wie erachter zit. Ken je { $domain } niet, of had je deze vraag niet verwacht? Log dan niet in.
unvetted-most = Bij zo’n site kun je hooguit met profiel { $tier } inloggen.
unvetted-nothing = Bij zo’n site kun je alleen anoniem inloggen.
tier-too-high = Kan hier niet: niemand staat in voor deze site.
item-too-high = blijft bij jou: niemand staat in voor deze site
missing-above-ceiling = Je { $claim } kan hier niet mee, want niemand staat in voor deze site.
missing-permission-above-ceiling = “{ $permission }” kan hier niet worden toegestaan, want niemand staat in voor deze site.
consent-replaces = Met { $business } heb je sinds { $date } een afspraak. Zeg je ja, dan eindigt die, en komt er een nieuwe voor in de plaats met wat je hier kiest. Zeg je nee, dan blijft zij gewoon gelden.
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
switch-too-low = Hoort niet bij dit niveau: het kan { $placement }.
consent-switch-purpose = Ja, dit mag
consent-choose = Wat laat je door?
consent-choose-hint = Je ziet je eigen gegevens, precies zoals het bedrijf ze krijgt.
panel-nothing = Er gaat niets van jou mee. Het bedrijf herkent je wel als je terugkomt.
panel-keeps = Hooguit { $period } bewaard
panel-unmet = “{ $purpose }” kan hiermee niet
missing-not-in-tier = Je { $claim } zit niet in profiel { $tier }.
missing-not-in-tier-from = Je { $claim } zit niet in dat profiel: dat gaat mee { $placement }.
missing-is-withheld = Je houdt je { $claim } hier achter.
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
retention-longest = Zo lang als toegestaan
consent-retention-hint = Toegestaan is de kortste van twee: wat je profiel toestaat en wat het bedrijf vraagt. Daarna moet het bedrijf je gegevens wissen. Korter kan altijd, ook later.
consent-allow = Laat door en log in
consent-title-more = Laat je { $business } meer zien?
consent-after-login = Daarna ga je terug naar { $business }.
consent-switch-parts = Ja, alleen wat ik hieronder aanzet
about-name = Bedrijf
about-address = Adres
about-registration = Ingeschreven als
about-contact = Vragen over je gegevens
list-or = { $first } of { $last }
panel-if-on = Alleen als je het doel aanzet dat erom vraagt:
item-goes-with = gaat mee als { $purposes } aanstaat
consent-offline = { $business } mag dit ook lezen als je er zelf niet bent, tot de bewaartermijn om is.
consent-deny = Niet inloggen
consent-keep-old = Houd de oude afspraak
consent-after = Je krijgt een ondertekend toestemmingsbewijs. Intrekken kan altijd, met één klik in je account.

## Al beantwoord
answered-title = Deze vraag heb je al beantwoord
answered-text = Misschien in een ander tabblad. Je antwoord aan { $business } staat vast; er is niets dubbel gebeurd.
answered-manage = Bekijk je afspraak met { $business }
answered-overview = Naar je overzicht

## Knoppen en velden
save = Sla op
edit = Wijzig
fill-in = Vul in
back = Terug
optional = (mag leeg blijven)
until = tot { $date }
label-name = Naam
label-email = E-mailadres
label-password = Wachtwoord
going-to = Je gaat inloggen bij { $business }.
field-street-address = Straat en huisnummer
field-postal-code = Postcode
field-locality = Plaats
field-region = Provincie of staat
field-country = Land
field-iban = Rekeningnummer (IBAN)
field-holder = Op naam van
hint-phone-number = Van buiten Nederland? Begin met + en het landnummer.
hint-iban = Het nummer waarmee je bijvoorbeeld geld terugkrijgt. Nooit een kaartnummer.
hint-gender = In je eigen woorden.
hint-preferences = Wat je graag hebt of juist niet, in hooguit 500 tekens.
hint-locale = De code van een taal, zoals nl of en-GB.

## Wat er mis is aan een veld
problem-empty = Vul dit in.
problem-too-long = Dit is te lang: hooguit { $max } tekens.
problem-control-characters = Hier staan onzichtbare tekens in. Typ het opnieuw.
problem-not-an-email = Dit is geen e-mailadres. Het ziet eruit als naam@voorbeeld.nl.
problem-not-a-phone-number = Dit telefoonnummer bestaat niet. Een nummer uit het buitenland begint met + en het landnummer.
problem-not-an-iban = Dit is geen IBAN. Kijk de cijfers en letters nog eens na.
problem-not-a-postal-code = Dit is geen postcode ({ $country }). Die ziet eruit als { $example }.
problem-not-a-country = Dit is geen land. Kies er een uit de lijst.
problem-not-a-date = Dit is geen datum. Schrijf hem als 1990-12-31.
problem-in-the-future = Deze datum moet nog komen.
problem-too-long-ago = Deze datum is te lang geleden.
problem-not-a-language = Dit is geen taal. Gebruik een code zoals nl of en-GB.

## Herkomst, toestand, gebeurtenissen
source-consumer = Door jou ingevuld
source-operator = Ingevuld bij het aanmaken van je account
source-import = Meegekomen van een andere aanbieder
state-active = Loopt
state-paused = Op pauze
state-withdrawn = Ingetrokken
state-ended = Beëindigd door het bedrijf
state-expired = Verlopen
state-erased = Gewist
event-given = Toestemming gegeven
event-widened = Meer toegestaan
event-narrowed = Minder toegestaan
event-renewed = Verlengd
event-paused = Op pauze gezet
event-resumed = Pauze opgeheven
event-withdrawn = Ingetrokken
event-ended = Beëindigd door het bedrijf
event-expired = Verlopen
event-erased = Geëindigd: je account is opgeheven
event-answered = Het bedrijf liet weten wat het wiste
event-overdue = De tijd om te wissen verstreek zonder antwoord
event-requested = Verzoek naar het bedrijf gestuurd
event-replied = Het bedrijf antwoordde op een verzoek
event-unanswered = De tijd om een verzoek te beantwoorden verstreek
event-declined = Er werd meer gevraagd, en dat is niet gegeven

## Toestemmingspagina, vervolg
consent-switch-off = Zet dit doel weer uit
missing-withheld = Houd je { $claim } niet achter
missing-permission = “{ $permission }” hoort niet bij dit niveau: het kan { $placement }.
missing-no-permission-chosen = Kies wat er mag, of zet het doel weer uit.
consent-about = Wie is dit?
consent-about-device = Je antwoord gaat naar het apparaat dat je de code liet zien. Wat hieronder staat, zegt het bedrijf over zichzelf.
consent-about-domain = Je antwoord gaat naar { $domain }; dat adres is gecontroleerd. Wat hieronder staat, zegt het bedrijf over zichzelf.

## Voorpagina
landing-title = Jij bedient de sluis
landing-lead = Log overal in met het profiel dat jij kiest. Sluis laat alleen door wat jij goedvindt, voor het doel dat je kent, zo lang als jij het wilt.
landing-sign-up = Maak een account
landing-sign-in = Log in
landing-account = Naar je overzicht
landing-tiers = Vier waterstanden
landing-promises = Wat je ervan hebt
landing-once = Eén keer invullen
landing-once-more = Je gegevens staan op één plek. Verandert er iets, dan pas je het hier aan.
landing-back = Terug met één klik
landing-back-more = Intrekken kost nooit meer klikken dan geven. Vanaf dan kan het bedrijf niets meer opvragen, en moet het wissen.
landing-proof = Bewijs voor allebei
landing-proof-more = Van elke afspraak krijgen jij en het bedrijf hetzelfde ondertekende toestemmingsbewijs.
landing-vault = Op slot
landing-vault-more = Je gegevens liggen in een kluis die opengaat met jouw wachtwoord.

## Inloggen en aanmelden
sign-in-title = Log in bij Sluis
sign-in-submit = Log in
sign-in-wrong = Dit e-mailadres en wachtwoord horen niet bij elkaar. Probeer het nog eens.
sign-in-session-ended = Je was een tijd weg, dus je bent uitgelogd. Er is niets verloren gegaan.
sign-in-again = Het bedrijf wil zeker weten dat jij het bent. Log nog een keer in.
sign-in-no-account = Nog geen account?
sign-in-sign-up = Maak er een
sign-up-title = Maak een account
sign-up-lead = Je naam en e-mailadres komen in profiel laag. De rest vul je in wanneer je wilt.
sign-up-submit = Maak account
sign-up-name-hint = Zoals je hem op een pakje wilt zien staan.
sign-up-email-hint = Hier log je mee in.
sign-up-password-hint = Minstens 8 tekens. Dit wachtwoord opent je kluis; een zin onthoud je het makkelijkst.
sign-up-taken = Aanmelden met dit adres is niet gelukt. Heb je al een account? Log daar dan mee in.
sign-up-password-too-short = Dit wachtwoord is te kort: minstens 8 tekens.
sign-up-password-too-long = Dit wachtwoord is te lang: hoogstens 1024 bytes.
sign-up-have-account = Heb je al een account?
sign-up-sign-in = Log in
sign-out-title = Uitloggen?
sign-out-asked = { $business } vraagt of je ook bij Sluis wilt uitloggen.
sign-out-text = Je afspraken met bedrijven blijven gewoon gelden. Je kluis gaat op slot.
sign-out-confirm = Log uit
sign-out-cancel = Blijf ingelogd
signed-out-title = Je bent uitgelogd
signed-out-text = Je kluis is op slot. Je afspraken met bedrijven blijven gewoon gelden.
signed-out-sites = Sites waar je met Sluis bent ingelogd, horen dit als ze dat willen. Andere houden je misschien ingelogd: log daar zelf ook uit.
signed-out-onward = Door naar { $business }
signed-out-visit = Een site die hoort dat je bent uitgelogd

## Apparaten zonder toetsenbord
device-title = Inloggen op een apparaat
device-lead = Een televisie, kassa of ander apparaat toont je een code. Typ die hier.
device-code = De code op het apparaat
device-submit = Verder
device-unknown = Er is nu geen apparaat dat deze code toont. Kijk nog eens op het apparaat; na tien minuten heeft het een nieuwe code nodig.
device-warning = Kreeg je een code of een link naar deze pagina toegestuurd? Stop dan: iemand wil als jou naar binnen.
device-confirm-title = Is dit jouw apparaat van { $business }?
device-confirm-who = Je staat op het punt in te loggen op een apparaat van { $business }.
device-confirm-compare = Vergelijk: het apparaat dat je voor je hebt moet precies deze code tonen.
device-confirm-warning = Zie je de code ergens anders, zoals in een bericht, of las iemand hem je voor? Dan is het niet jouw apparaat, en komt wie het heeft als jou naar binnen.
device-continue = Het is mijn apparaat: ga verder
device-cancel = Het is niet van mij: weiger
device-allowed-title = Klaar: kijk op je apparaat
device-allowed-text = Het apparaat gaat binnen een paar tellen vanzelf verder. Je kunt deze pagina sluiten.
device-denied-title = Het apparaat is geweigerd
device-denied-text = Het krijgt niets. Je kunt deze pagina sluiten.
device-before-title = Dit is al beantwoord
device-before-text = Het apparaat heeft zijn antwoord al. Wacht het nog steeds, laat het dan een nieuwe code tonen.

## Overzicht en bedrijven
overview-title = Wat stroomt er waarheen?
overview-flows = Van jou naar de bedrijven
overview-profile = Profiel { $tier }
overview-profile-filled = { $filled } van { $size } ingevuld
overview-empty = Nog niemand krijgt gegevens van jou. Kies bij een webwinkel “Log in met Sluis”, dan zie je hier wat er stroomt.
done-welcome = Welkom. Je account is gemaakt en je kluis zit op slot.
done-saved = Opgeslagen. De wijziging geldt vanaf nu.
done-narrowed = Het bedrijf ziet vanaf nu minder.
done-off = Uitgezet. Het bedrijf mag dat vanaf nu niet meer.
done-paused = Op pauze. Het bedrijf kan je gegevens nu niet opvragen.
done-resumed = De pauze is voorbij. De afspraak geldt weer.
done-renewed = Verlengd. De afspraak loopt door zoals hij was.
done-withdrawn = Ingetrokken. Het bedrijf kan niets meer opvragen en moet wissen wat het heeft.
done-stale = Er is niets bewaard: dit is ergens anders gewijzigd sinds je deze pagina opende, misschien in een ander tabblad. Kijk het na en probeer het opnieuw.
done-kept = Er is niets veranderd. De oude afspraak geldt nog.
card-sees = Ziet
card-sees-nothing = niets; het herkent je alleen
card-for = Voor
card-until = Tot
card-until-nothing = er wordt niets bewaard
card-over = Afgelopen op
card-last-read = Laatst gelezen
card-never-read = nog niet
businesses-title = Bedrijven
businesses-live = Lopende afspraken
businesses-over = Afgelopen

## Eén bedrijf
grant-title = Jij en { $business }
grant-back = Alle bedrijven
grant-log-in = Log in bij { $domain }
grant-contact = Vragen over je gegevens: { $contact }
grant-since = Sinds
grant-sees = Wat { $business } nu kan zien
grant-sees-paused = Wat { $business } kon zien; nu even niet
grant-sees-nothing = Niets. Het bedrijf herkent je alleen als je terugkomt.
grant-agreed = Wat je hebt afgesproken
grant-agreed-nothing = Alleen dat je kunt inloggen. Er wordt niets van je gebruikt.
grant-change = Veranderen of stoppen
grant-renew = Verleng
grant-renew-hint = Dezelfde afspraak, van nu tot { $date }.
grant-renew-closed = Deze afspraak kan niet worden verlengd zoals hij is: je profiel, of wat { $business } vraagt, is intussen veranderd. Log daar opnieuw in als hij is afgelopen: dan krijg je de vraag opnieuw.
counts-from = Geteld vanaf
counts-from-consent = de dag dat je het afspreekt
counts-from-last-login = elke keer dat je daar inlogt
counts-from-moves = Het einde schuift op, elke keer dat je daar inlogt.
counts-from-until = { $until }, en later elke keer dat je daar inlogt
grant-retention = Hoe lang mag het bewaard worden?
grant-retention-longest = Zo lang als toegestaan ({ $period })
grant-retention-hint = Korter geldt meteen. Langer moet je opnieuw goedvinden.
grant-retention-save = Pas aan
grant-tier = Met welk profiel?
grant-tier-hint = Minder laten zien geldt meteen. Wil je meer laten zien, dan krijg je eerst de vraag te zien.
grant-nothing-chosen = Kies iets uit de lijst.
grant-tier-save = Kies dit profiel
grant-stop = Wat je hebt toegestaan
grant-stop-hint = Je kunt elk hiervan los uitzetten, meteen. De rest van de afspraak blijft.
grant-stop-off = Zet uit
tier-current = Zo is het nu
tier-same = Voor dit bedrijf maakt dit geen verschil
tier-narrower = Ziet dan niet meer: { $claims }
tier-wider = Ziet dan ook: { $claims }
tier-ends = Dan stopt ook: { $purposes }
tier-unmet = Kan niet, want dan lukt “{ $purpose }” niet
confirm-title = Meer voor { $business }?
confirm-lead = Hiermee geef je { $business } meer dan je hebt afgesproken. Er is nog niets veranderd.
confirm-changed = Je profiel is ondertussen gewijzigd. Zo zou het nu worden.
confirm-allow = Ja, sta dit toe
confirm-keep = Laat het zoals het is
grant-pause = Zet op pauze
grant-pause-hint = Het bedrijf kan niets opvragen tot jij de pauze opheft.
grant-resume = Hef de pauze op
grant-resume-hint = Het bedrijf kan daarna weer opvragen wat je hebt afgesproken.
grant-withdraw = Trek in
grant-withdraw-hint = Vanaf dat moment kan het bedrijf niets meer opvragen. Het moet alles wissen, uiterlijk op { $date }.
kept-by-law = Voor “{ $purpose }” mag het bedrijf van de wet een deel bewaren, hooguit { $period }. Daar verandert intrekken niets aan.
after-title = Wat er nu gebeurt
after-narrowed = Wat het bedrijf moet wissen
after-nothing = Uit deze afspraak kwam geen verwijderplicht voort.
after-soon = { $business } moet je gegevens wissen, uiterlijk op { $date }.
grant-events = Wat er is gebeurd
grant-receipts-hint = Van alles hieronder is er een ondertekend bewijs. Het bedrijf krijgt precies hetzelfde als je daar inlogt.
grant-receipts = Download je toestemmingsbewijzen
grant-receipt-number = bewijs { $seq }
grant-reads = Wanneer er is gelezen
grant-reads-none = { $business } heeft nog niets gelezen.
read-nothing = Alleen dat jij het bent

## Wie las wat
history-title = Wie las wat
history-lead = Elke keer dat een bedrijf gegevens van je opvraagt, komt dat hier te staan.
history-empty = Er is nog niets gelezen.
history-when = Wanneer
history-who = Wie
history-what = Wat
history-older = Ouder

## Beveiliging
security-title = Beveiliging
security-vault = Wie je kluis kan openen
security-vault-lead = Je gegevens liggen versleuteld opgeslagen. Dit zijn de sleutels die er zijn.
security-you = Jij, met je wachtwoord
security-you-text = Je wachtwoord maakt de sleutel. Het wordt nergens bewaard. Zolang je bent ingelogd, is de kluis voor deze browser open.
security-escrow = De beheerder, als hulp bij een vergeten wachtwoord
security-escrow-text = De beheerder van deze Sluis bewaart een reservesleutel. Daarmee kan hij je weer binnenlaten, en dus zou hij ook kunnen lezen wat er in je kluis ligt.
security-no-escrow = Niemand anders
security-no-escrow-text = Er is geen reservesleutel. Vergeet je je wachtwoord, dan kan niemand je gegevens terughalen, ook de beheerder niet.
security-businesses = Bedrijven, elk alleen wat je ze hebt toegestaan
security-businesses-text = Een bedrijf kan alleen openen wat in jullie afspraak staat, en alleen zolang die loopt.
security-contact = Waar je berichten krijgt
security-contact-text = Dit adres ligt niet in je kluis, maar is versleuteld met de sleutel van de beheerder. Anders kon Sluis je geen bericht sturen als je niet bent ingelogd.
security-session-since = Ingelogd sinds
security-session-until = Logt vanzelf uit op
security-account-since = Account sinds

## Profielen
profiles-title = Je profielen
profiles-lead = Drie waterstanden. Wat bij laag hoort, zit ook in midden en hoog; wat bij midden hoort, ook in hoog.
band-low = Laag
band-low-meaning = Zit in alle drie de profielen
band-medium = Midden
band-medium-meaning = Komt erbij in midden en hoog
band-high = Hoog
band-high-meaning = Komt er alleen in hoog bij
band-never = In geen profiel
band-never-meaning = Gaat nooit vanzelf mee; je kunt het wel per bedrijf toevoegen
profiles-retention = Bewaren
profiles-band-empty = Hier begint niets.
profiles-placement = Waar begint je { $claim }?
profiles-permissions = Toestemmingen
profiles-permissions-hint = Vanaf welk profiel mag een bedrijf hierom vragen? Aan staat het nooit vanzelf: je zet het per bedrijf aan.
profiles-save = Sla je profielen op
profiles-save-hint = Geldt voor nieuwe afspraken. Wat je al hebt afgesproken, verander je bij het bedrijf.
attribute-confirmed = bevestigd op { $date }
attribute-verified = gecontroleerd op { $date }
attribute-placement = In welk profiel?
attribute-seen-by = Wie dit nu ziet en de wijziging krijgt: { $businesses }.
attribute-confirm = Klopt nog
attribute-remove = Verwijder

## Op de terugweg naar een site met een formulier
form-post-title = Terug naar { $client }
form-post-why = Gebeurt er niets vanzelf, druk dan op de knop.
form-post-button = Doorgaan

## Als er iets misgaat
error-detail = Voor wie deze site bouwt
error-next = Ga verder
error-home = Naar de voorpagina
error-not-found = Deze pagina is er niet
error-not-found-remedy = Kijk of het adres klopt, of ga terug naar het begin.
error-forged = Dit formulier is niet meer geldig
error-forged-remedy = Er is niets veranderd. Ga terug, ververs de pagina en probeer het opnieuw.
error-malformed = Hier kunnen we niets mee
error-malformed-remedy = Wat er werd verstuurd, was niet te lezen. Er is niets veranderd. Ga terug en probeer het opnieuw.
error-unknown-request = Deze vraag is niet in deze browser gesteld
error-unknown-request-remedy = Misschien begon je in een andere browser, of is een link doorgegeven. Er is niets vrijgegeven. Ga terug naar de site van het bedrijf en log daar in.
error-expired = Deze vraag is verlopen
error-expired-remedy = Het duurde te lang. Er is niets vrijgegeven. Ga terug naar de site van het bedrijf en log daar opnieuw in.
error-unknown-client = Wij kennen deze site niet
error-unknown-client-remedy = De site die je hierheen stuurde, is niet bij Sluis aangemeld. Er is niets vrijgegeven. Laat het de site weten.
error-wrong-redirect = We sturen je hier niet naar terug
error-wrong-redirect-remedy = De site wil het antwoord op een adres dat niet is aangemeld. Dat kan een vergissing zijn, of een poging om je gegevens te stelen. Er is niets vrijgegeven.
error-bad-request = De site stelt een verkeerde vraag
error-bad-request-remedy = De vraag van de site klopt niet. Er is niets vrijgegeven. Ga terug en probeer het opnieuw, of laat het de site weten.
error-too-many = Even rustig aan
error-too-many-remedy = Er kwamen te veel verzoeken achter elkaar. Wacht een minuut en probeer het dan opnieuw.
error-too-large = Dit is te groot
error-too-large-remedy = Wat er werd verstuurd, is groter dan wat we aannemen. Er is niets veranderd.
error-conflict = Dit kan nu niet
error-conflict-remedy = Er is intussen iets veranderd, bijvoorbeeld in een ander tabblad. Bekijk hoe het er nu voor staat.
error-unavailable = We zijn er even niet
error-unavailable-remedy = Er is niets verloren gegaan. Probeer het over een paar minuten opnieuw.
error-internal = Er ging bij ons iets mis
error-internal-remedy = Er is niets half gedaan. Probeer het opnieuw; blijft het misgaan, laat het dan de beheerder weten.
sign-in-too-many = { $seconds ->
    [one] Te veel pogingen. Probeer het over een seconde opnieuw.
   *[other] Te veel pogingen. Probeer het over { $seconds } seconden opnieuw.
}

## Mail
mail-about = Je hebt sinds { $date } een afspraak met { $business } ({ $domain }).
mail-about-site = Je hebt sinds { $date } een afspraak met { $business }.
mail-ending-subject = Je afspraak met { $business } loopt af op { $date }
mail-ending-nothing = Doe je niets, dan eindigt hij vanzelf. Vanaf dan kan { $business } niets meer opvragen en moet het wissen wat het heeft.
mail-ending-renew = Wil je hem houden zoals hij is? Verleng hem dan op zijn eigen pagina. Je kunt hem daar ook veranderen, of nu al intrekken.
mail-ending-link = Bekijk je afspraak
mail-expired-subject = Je afspraak met { $business } is afgelopen
mail-expired-over = De tijd die je gaf is op { $date } verstreken. Sindsdien kunnen je gegevens niet meer worden opgevraagd.
mail-ended-subject = { $business } heeft je afspraak beëindigd
mail-ended-over = { $business } heeft er op { $date } een eind aan gemaakt. Sindsdien kan het je gegevens niet meer opvragen.
mail-narrowed-subject = { $business } vraagt minder
mail-narrowed-claims = { $business } vraagt nu minder dan je had afgesproken. Het krijgt niet meer: { $claims }.
mail-narrowed-less = { $business } vraagt nu minder dan je had afgesproken, of voor kortere tijd.
mail-narrowed-nothing = Je afspraak omvat vanzelf minder. Jij hoeft niets te doen.
mail-narrowed-link = Bekijk wat ervan over is
mail-lapsed-subject = Een deel van je afspraak met { $business } is voorbij
mail-lapsed-claims = De tijd die was afgesproken voor deze gegevens is voorbij: { $claims }. { $business } krijgt ze niet meer. De rest van de afspraak loopt door.
mail-must-delete-these = { $business } moet deze gegevens wissen, uiterlijk op { $date }. Op de pagina van de afspraak zie je hoe ver het is.
mail-must-delete = { $business } moet je gegevens wissen, uiterlijk op { $date }. Op de pagina van de afspraak zie je hoe ver het is.
mail-link = Bekijk wat er is gebeurd
mail-overdue-subject = { $business } heeft niet bevestigd dat je gegevens zijn gewist
mail-overdue-since = { $business } had tot { $date } om je gegevens te wissen. We hebben niets gehoord, dus we weten niet of je gegevens weg zijn.
mail-overdue-letter = Je kunt het bedrijf schrijven. De brief ligt klaar, en daarna een klacht bij de toezichthouder.
mail-overdue-link = Bekijk wat je kunt doen
mail-footer = Je krijgt deze mail omdat je een account hebt bij { $issuer }. We vragen nooit per mail om je wachtwoord.

## Soorten bedrijven
sector-shop = winkels en webshops
sector-food = eten en drinken
sector-travel = reizen en vervoer
sector-leisure = sport, cultuur en uitgaan
sector-online = apps en diensten op internet
sector-media = nieuws en media
sector-telecom = telefoon en internet
sector-energy = energie en water
sector-finance = banken en verzekeraars
sector-health = zorg
sector-education = onderwijs
sector-government = overheid
sector-charity = goede doelen en verenigingen
sector-other = alle andere bedrijven

## Huisregels
menu-rules = Huisregels
rules-title = Je huisregels
rules-lead = Vaste antwoorden voor bedrijven waar je nog geen afspraak mee hebt. Wat je hier zegt, hoef je daar niet meer te kiezen. Wat je niet zegt, vragen we je.
rules-never = Er gaat nooit iets vanzelf mee. Je ziet altijd eerst wat het bedrijf krijgt, en dan druk je op de knop.
rules-none = Je hebt nog geen huisregels. Elk nieuw bedrijf vraagt je dus alles.
rules-add = Maak een regel voor
rules-add-hint = De regel voor “alle andere bedrijven” geldt overal waar je geen andere regel voor hebt.
rules-edit = Wijzig of probeer uit
rule-tier = Profiel
rule-keeps = Bewaren
rule-yes-list = Mag
rule-no-list = Mag niet
rule-asks = Vraagt je nog
rule-says-nothing = Deze regel zegt nog niets: hier wordt je alles gevraagd.
rule-beyond = “{ $permission }” gaat niet samen met profiel { $tier }: het kan { $placement }. Daar blijft het uit.
rule-asks-tier = Met welk profiel
rule-asks-retention = Hoe lang
rule-rest = Wat ik verder mag weigeren
rule-title = Huisregel voor { $sector }
rule-lead = Geldt bij elk bedrijf van deze soort waar je nog geen afspraak mee hebt.
rule-lead-other = Geldt bij elk nieuw bedrijf waar je geen andere regel voor hebt.
rule-back = Alle huisregels
rule-tier-question = Met welk profiel log je in?
rule-ask = Vraag mij
rule-yes = Ja
rule-no = Nee
rule-ask-tier = Vraag het mij
rule-ask-tier-meaning = Elke keer zelf kiezen
rule-retention-question = Hoe lang mag het bewaard worden?
rule-retention-ask = Vraag het mij
rule-processing = Wat mag er met je gegevens?
rule-channels = Hoe mogen ze je bereiken?
rule-only = Kan { $placement }.
rule-rest-question = En als een bedrijf iets anders wil dat je mag weigeren?
rule-rest-hint = Ja zeggen tegen iets wat je nog niet kent, kan niet.
rule-try-title = Probeer het uit
rule-try-hint = Zo zie je wat een bedrijf met deze antwoorden zou krijgen. Er wordt niets bewaard en niets vrijgegeven.
rule-try-at = Bij wie?
rule-try-example = een voorbeeld: { $sector }
rule-try = Probeer uit
rule-save = Bewaar deze regel
rule-save-hint = Geldt voor nieuwe bedrijven. Wat je al hebt afgesproken, verandert niet.
rule-remove = Verwijder deze regel
tried-title = Met deze regel zou { $business } dit krijgen
tried-example = het voorbeeld ({ $sector })
tried-not-saved = Dit is een proef: er is niets bewaard en niets vrijgegeven.
tried-one-button = Je ziet daar dan één scherm met één knop.
outcome-tier = Profiel { $tier }
outcome-nothing = Er gaat niets van je mee. Het bedrijf herkent je alleen als je terugkomt.
outcome-open-tier = Welk profiel, kies je daar zelf. Wat er meegaat, hangt daarvan af.
outcome-blocked = Zo kun je niet inloggen. “{ $purpose }” hoort erbij, en:
outcome-blocked-way = Je krijgt daar dan de vraag wat je wilt: iets erbij geven, een hoger profiel, of stoppen.
outcome-keeps = Hooguit { $period } bewaard, tot { $date }.
outcome-on = Waarvoor
outcome-off = Blijft uit
outcome-off-rule = Je regel zegt nee.
outcome-asked = Dit vragen we je nog
outcome-ask-tier = met welk profiel je inlogt
outcome-ask-retention = hoe lang het bewaard mag worden
outcome-ask-purpose = “{ $purpose }”
outcome-ask-permission = “{ $permission }” bij “{ $purpose }”

## Toestemmingspagina met huisregels
consent-rules-title = Log je zo in bij { $business }?
consent-rules-own = Ingevuld door je eigen huisregels
consent-rules-own-text = Dit komt uit je regel voor { $sector }. Er gaat pas iets mee als jij op de knop drukt.
consent-rules-part = Je huisregels hebben dit deels ingevuld
consent-rules-part-text = Wat uit je regel voor { $sector } komt, is gemerkt met “huisregel”. Je kunt alles nog veranderen.
consent-rules-link = Bekijk je huisregels
consent-rules-gets = Wat { $business } krijgt
consent-rules-change = Kies hier iets anders
consent-rules-more = Meer over deze doelen
consent-rules-mark = huisregel

## Toestemmingsbewijzen lezen
landing-proof-read = Lees er hier een
grant-receipts-read = Lees een bewijs in gewone woorden
receipts-title = Lees een toestemmingsbewijs
receipts-lead = Geef een bestand met toestemmingsbewijzen, en lees in gewone woorden wat er is afgesproken. Dat mag iedereen: een bedrijf, een toezichthouder, of jij.
receipts-drop = Welk bewijs?
receipts-another = Een ander bewijs
receipts-file = Het bestand
receipts-file-hint = Zoals het is gedownload. Het bestand van een hele afspraak, of één bewijs.
receipts-text = Of plak de tekst van het bewijs
receipts-submit = Controleer en lees
receipts-empty = Kies een bestand, of plak de tekst van een bewijs.
receipts-how = Wat hier wordt gecontroleerd
receipts-how-text = Of deze Sluis elk bewijs in het bestand heeft ondertekend, of er sindsdien geen letter aan is veranderd, en bij een hele afspraak ook of er niets ontbreekt en alles op volgorde staat.
receipts-forgets = Het bestand wordt meteen vergeten. Er blijft niets van bewaard, en er komt niets van in een logboek.
receipts-yourself = Je hoeft ons niet op ons woord te geloven. Controleer het op je eigen computer:
receipts-schema = De vorm van een bewijs (JSON Schema)
receipts-vocabulary = Wat de woorden betekenen (ISO 27560, W3C DPV)
receipts-keys = Onze sleutels
receipts-chain = Echt, en compleet
receipts-chain-more = { $count ->
    [one] { $issuer } heeft dit bewijs en het slot van het bestand ondertekend. Er is niets veranderd, en tot aan de download ontbreekt er niets.
   *[other] { $issuer } heeft deze { $count } bewijzen en het slot van het bestand ondertekend. Er is niets veranderd, en tot aan de download ontbreekt er niets.
}
receipts-one = Echt
receipts-one-more = { $issuer } heeft dit bewijs ondertekend, en er is niets aan veranderd. In zijn eentje zegt het niets over wat ervoor of erna kwam.
receipts-refused = Dit klopt niet
receipts-unknown = Dit kan deze pagina niet zien
receipts-not-told = Daarom laten we niet zien wat het bestand zegt: dat kan iedereen geschreven hebben.
reading-who = Wie met wie
reading-contact = Contact
reading-was = Wat er tot dan was afgesproken:
reading-client = Site of app
reading-subject = De consument
reading-subject-hint = Onder deze naam kent alleen dit bedrijf hem of haar. In een bewijs staan geen naam, adres of andere gegevens van de persoon.
reading-issuer = Vastgelegd door
reading-law = Wet
reading-law-of = AVG ({ $country }). Toezichthouder: { $authority }
reading-stands = Hoe het ervoor staat
reading-later = Wat er na de download gebeurde, staat niet in dit bestand.
reading-one-of = Dit is nummer { $seq } van de afspraak; wat er daarna gebeurde, staat er niet in.
reading-until = Loopt tot { $until }.
reading-nothing-held = Loopt. Er worden geen gegevens vrijgegeven die kunnen verlopen.
reading-paused = Op pauze sinds { $at }. Tot de pauze voorbij is, krijgt het bedrijf niets.
reading-withdrawn = Door de consument ingetrokken op { $at }.
reading-ended = Door het bedrijf beëindigd op { $at }.
reading-expired = Verlopen op { $at }.
reading-erased = Geëindigd op { $at }: het account is opgeheven.
reading-events = Wat er is afgesproken, stap voor stap
reading-by = Door wie
reading-by-consent-page = De consument, op de toestemmingspagina
reading-by-house-rules = De consument, op een toestemmingspagina die door de eigen huisregels was ingevuld
reading-by-account-page = De consument, op de pagina van de afspraak
reading-by-business = Het bedrijf
reading-by-schedule = Vanzelf: de tijd ervoor was om
reading-by-command = De beheerder van deze Sluis
reading-keeps = Hooguit { $period }, gerekend { $from }.
reading-keeps-until = Hooguit { $period }, gerekend { $from }: tot { $until }.
reading-from-consent = vanaf de toestemming
reading-from-last-login = vanaf de laatste keer inloggen
ground-consent = Toestemming (AVG art. 6, lid 1, onder a). Die kan altijd worden ingetrokken.
ground-contract = Nodig voor een overeenkomst (AVG art. 6, lid 1, onder b)
ground-legal-obligation = Een wettelijke plicht (AVG art. 6, lid 1, onder c). Intrekken verandert daar niets aan.
ground-vital-interests = Iemands leven of gezondheid (AVG art. 6, lid 1, onder d)
ground-public-task = Een taak van de overheid (AVG art. 6, lid 1, onder e)
ground-legitimate-interest = Het gerechtvaardigd belang van het bedrijf (AVG art. 6, lid 1, onder f). De consument kan bezwaar maken.
reading-gone-within = Binnen { $period } daarna gewist.
reading-code = Doel volgens W3C
reading-stands-elsewhere = Dit bewijs vertelt iets naast de afspraak. Hoe de afspraak zelf ervoor staat, staat in een ander.
reading-offers = Aangeboden tegenprestatie
reading-offer-stands = { $offer }: toegezegd
reading-offer-falls = { $offer }: niet bij deze keuze
reading-duty = Moest gewist worden
reading-delete-by = Uiterlijk op
reading-answered = Antwoord van het bedrijf
reading-not-answered = Niet op tijd
reading-kept = Het zegt te bewaren
reading-kept-nothing = Niets: het zegt dat alles gewist is
reading-request = Verzoek
reading-request-of = { $right } (verzoek { $number })
reading-request-about = Waarover
reading-request-all = Alle gegevens
reading-request-due = Antwoord uiterlijk op
reading-outcome-done = Het deed wat gevraagd werd
reading-outcome-refused = Het doet het niet
reading-outcome-extended = Het heeft meer tijd nodig
reading-declined = Wat niet gegeven is
reading-proof = Hashes en kleine letters
reading-receipt = Bewijs
reading-agreement = Afspraak
reading-plan = Dataplan
reading-plan-edition = Versie { $version }
reading-screen = Wat er op het scherm stond
reading-no-screen = Niets: er is niemand iets gevraagd
reading-language = Gelezen in het
reading-in-dutch = Nederlands
reading-in-english = Engels
reading-rights = Rechten
reading-right-withdraw = toestemming intrekken
reading-right-informed = geïnformeerd worden
reading-right-access = inzage
reading-right-rectification = rectificatie
reading-right-erasure = wissing
reading-right-restriction = beperking
reading-right-portability = overdracht
reading-right-object = bezwaar maken
reading-right-complain = een klacht indienen bij de toezichthouder
refusal-lines = Dit is geen bestand met toestemmingsbewijzen. In zo’n bestand staat op elke regel één bewijs, elke regel is af, en verder staat er niets in.
refusal-too-many = Dit bestand heeft meer bewijzen dan hier worden gecontroleerd.
refusal-by-command = Controleer het op je eigen computer; hoe dat gaat, staat hieronder.
refusal-ask-again = Misschien is het onderweg afgekapt of veranderd, bijvoorbeeld door een mailprogramma. Vraag het bestand opnieuw op, en open het niet in een tekstverwerker.
refusal-issuer = Regel { $line } zegt dat die van { $other } komt. Deze pagina heeft de sleutels van { $other } niet, en kan dus niet nagaan of dat waar is.
refusal-issuer-then = Gebruik de pagina van { $other }, of controleer het bestand op je eigen computer met de sleutels die { $other } publiceert:
refusal-key = Regel { $line } is ondertekend met een sleutel die nooit van ons is geweest.
refusal-forged = Het is veranderd, of het is niet van ons. Ga er niet op af. Vraag de consument of het bedrijf om het origineel.
refusal-no-end = Regel { $line }, de laatste, is een bewijs en niet het slot van een bestand. Het bestand van een hele afspraak sluit met een ondertekende regel die zegt hoeveel bewijzen er zijn. Zonder die regel kunnen de laatste ontbreken.
refusal-type = Regel { $line } is geen toestemmingsbewijs, maar iets anders.
refusal-form = Regel { $line } is geen heel bewijs: er ontbreekt iets, of er is iets bij gekomen.
refusal-edition = Regel { $line } is door ons ondertekend, maar deze versie kent niet alles wat erin staat.
refusal-edition-then = Een nieuwere versie van Sluis misschien wel. Aan het bestand mankeert niets.
refusal-signature = Regel { $line } is na het ondertekenen veranderd, of door iemand anders ondertekend: de handtekening klopt niet.
refusal-sequence = Regel { $line } heeft niet het nummer dat op het vorige volgt. Er ontbreekt een bewijs, het staat er dubbel, of het staat op een andere plek.
refusal-link = Regel { $line } sluit niet aan op het bewijs ervoor: dat was een ander.
refusal-agreement = Regel { $line } hoort bij een andere afspraak.
refusal-time = Regel { $line } is ouder dan het bewijs ervoor.
refusal-life = Regel { $line } vertelt iets dat op dat moment van een afspraak niet kan.
refusal-end = Na regel { $line } eindigt het bestand niet waar het moet: er ontbreken bewijzen, of er zijn er te veel.
refusal-chain-then = Elk bewijs apart kan echt zijn, maar samen zijn ze niet de hele afspraak. Vraag het bestand opnieuw op.

## In return
offer-takes = Daarvoor is nodig: { $what }.
offer-off = Alleen als je dit aanzet.
offer-stands = Met deze keuze krijg je het.
offer-falls = Niet met deze keuze:
offer-changed = Je hebt je keuze veranderd.
offer-show = Bekijk wat er nu geldt
offer-returns = In ruil daarvoor
return-lacks-purpose = Alleen als je het aanzet.
return-lacks-tier = Alleen met profiel { $tier } of hoger.
return-lacks-claim = Alleen als dit meegaat: { $claim }.
return-lacks-permission = Alleen met ‘{ $permission }’ aan.
return-lacks-time = Alleen als ze het { $period } mogen bewaren.
widening-keeps = Je logt dan gewoon in.
widening-unchanged = Wat blijft zoals je had afgesproken
widening-tier = Je profiel blijft zoals het was. Verander het
widening-items = Je gegevens blijven zoals je koos. Verander dat
widening-refused = { $purpose }: dat stond je niet toe
subject-new-purpose = Nieuw
subject-now-required = Niet meer te weigeren
subject-words = Andere uitleg
subject-basis = Grondslag
subject-storage = Bewaard in
subject-deletion = Na afloop gewist binnen
subject-offer = In ruil daarvoor

## Wat bedrijven moeten wissen
duties-title = Wat bedrijven moeten wissen
duties-lead = Als een afspraak eindigt of minder omvat, moet het bedrijf wissen wat het had en dat bevestigen. Hier zie je hoe ver elk bedrijf is. Wie ons bericht heeft, heeft nog niets gewist: dat zegt alleen het antwoord van het bedrijf zelf.
duties-empty = Er is niets te wissen. Hier zie je straks wat bedrijven je verschuldigd zijn als een afspraak eindigt.
duties-open = Nog niet bevestigd
duties-done = Afgerond
duties-link = Bekijk wat bedrijven moeten wissen
duty-stage-unreachable = Schrijf het zelf
duty-stage-asked = Gevraagd
duty-stage-told = Heeft ons bericht
duty-stage-seen = Heeft het bekeken
duty-stage-overdue = Te laat
duty-stage-confirmed = Bevestigd
duty-stage-kept = Bewaart iets
duty-stage-lapsed = Vervallen
duty-asked = We vroegen { $business } op { $date } om te wissen: { $claims }.
duty-asked-nothing = We vroegen { $business } op { $date } om alles te wissen wat het over je bewaart.
duty-owed = { $business } moet sinds { $date } wissen: { $claims }.
duty-owed-nothing = { $business } moet sinds { $date } alles wissen wat het over je bewaart.
duty-unreachable = Wij kunnen dit bedrijf zelf niets laten weten. Stuur het deze brief.
duty-waits = Het heeft ons bericht nog niet opgehaald.
duty-told = Het heeft ons bericht sinds { $date }. Dat wil niet zeggen dat er iets is gewist.
duty-seen = Het bekeek het verzoek op { $date }. Dat wil niet zeggen dat er iets is gewist.
duty-until = Het moet uiterlijk op { $date } wissen en dat bevestigen.
duty-overdue = Het heeft niet bevestigd vóór het eind van { $date }. We weten niet of je gegevens weg zijn.
duty-confirmed = { $business } heeft op { $date } bevestigd dat je gegevens zijn gewist.
duty-lapsed = Er is niets meer te wissen: je sprak dit op { $date } opnieuw af.
duty-kept = { $business } heeft op { $date } bevestigd dat je gegevens zijn gewist, behalve wat het zegt te moeten bewaren:
duty-kept-part = { $claims }, tot { $date }, vanwege: { $law }. { $basis }
duty-late = Dat was na { $date }, de dag waarop het klaar moest zijn.
duty-letter-sent = Je schreef het bedrijf op { $date }.
duty-letter = Brief aan { $business }
duty-complaint = Klacht bij de toezichthouder
duty-why-withdrawn = je trok de afspraak in
duty-why-ended = het bedrijf beëindigde de afspraak
duty-why-expired = de afgesproken tijd was voorbij
duty-why-narrowed = de afspraak omvat minder

## Brieven over wissen
letter-title = Brief aan { $business }
letter-hint = Druk deze brief af of neem hem over in een mail. Je naam en adres komen uit je kluis: niemand anders ziet deze pagina.
letter-sent-hint = Laat het weten als je hem hebt verstuurd. In je klacht staat dan sinds wanneer het bedrijf kon antwoorden.
letter-send = Ik heb deze brief vandaag verstuurd
letter-sent = Je verstuurde deze brief op { $date }. Het bedrijf heeft een maand om te antwoorden.
letter-no-name = Je naam staat niet in je kluis. Zet hem zelf onder de brief.
letter-registration = Inschrijving: { $registration }
letter-contact = Contact: { $contact }
letter-subject = Betreft: wissen van mijn persoonsgegevens (AVG, artikelen 17 en 19)
letter-dear = Geachte heer, mevrouw,
letter-agreement = Sinds { $since } had ik via Sluis ({ $issuer }) een afspraak met u voor { $client }. Op grond daarvan kreeg u: { $claims }.
letter-agreement-nothing = Sinds { $since } had ik via Sluis ({ $issuer }) een afspraak met u voor { $client }. U kent mij daar aan een kenmerk.
letter-end-withdrawn = Ik heb die op { $date } ingetrokken.
letter-end-ended = U heeft die op { $date } beëindigd.
letter-end-expired = De tijd die we hadden afgesproken is verstreken; de afspraak eindigde op { $date }.
letter-agreement-lives = Ik heb via Sluis ({ $issuer }) een afspraak met u voor { $client }.
letter-end-narrowed = Sinds { $date } horen deze gegevens daar niet meer bij: { $claims }.
letter-asked = Op { $date } is u namens mij gevraagd deze gegevens te wissen, uiterlijk op { $due }, en dat te bevestigen. U heeft dat niet bevestigd.
letter-demand = Ik verzoek u daarom zonder onredelijke vertraging alle persoonsgegevens over mij te wissen die u op grond van deze afspraak heeft (artikel 17, lid 1, van de Algemene verordening gegevensbescherming), en dat te laten weten aan iedereen aan wie u ze heeft doorgegeven (artikel 19).
letter-demand-some = Ik verzoek u daarom deze gegevens zonder onredelijke vertraging te wissen (artikel 17, lid 1, van de Algemene verordening gegevensbescherming), en dat te laten weten aan iedereen aan wie u ze heeft doorgegeven (artikel 19). Wat de afspraak nog omvat, mag u houden.
letter-confirm = Ik verzoek u mij binnen een maand schriftelijk te bevestigen dat dit is gebeurd (artikel 12, lid 3). Bewaart u iets, laat mij dan weten welke gegevens, op welke wettelijke grond en tot wanneer (artikel 17, lid 3). Voldoet u niet aan dit verzoek, laat mij dan weten waarom (artikel 12, lid 4).
letter-or-else = Krijg ik binnen een maand geen antwoord, dan dien ik een klacht in bij de toezichthouder (artikel 77).
letter-references = Kenmerken:
letter-subject-id = mijn kenmerk bij het bedrijf: { $id }
letter-grant-id = afspraak: { $id }
letter-duty-id = verwijderplicht: { $id }
letter-bye = Met vriendelijke groet,
complaint-title = Klacht over { $business }
complaint-hint = Dit is de tekst van een klacht. Veel toezichthouders hebben een formulier op hun site: neem de tekst daarin over en stuur de brief en de toestemmingsbewijzen van de afspraak mee.
complaint-first = Schrijf het bedrijf eerst zelf. De toezichthouder zal vragen of je dat deed en wat het antwoordde.
complaint-wait = Het bedrijf heeft tot en met { $date } om op je brief te antwoorden. Wacht daarop als je kunt: daarna staat in de klacht ook dat het niet op tijd antwoordde.
complaint-subject = Klacht over het niet wissen van persoonsgegevens (AVG, artikel 77)
complaint-about = Ik dien op grond van artikel 77 van de Algemene verordening gegevensbescherming een klacht in over: { $business }, { $address }.
complaint-asked = Op { $date } heb ik dit bedrijf zelf geschreven en verzocht de gegevens te wissen en dat binnen een maand te bevestigen. Het heeft dat niet bevestigd.
complaint-demand = Naar mijn mening handelt het bedrijf in strijd met artikel 17, lid 1 (wissen zonder onredelijke vertraging), artikel 12, lid 3 (antwoord binnen een maand) en, als het mijn gegevens heeft doorgegeven, artikel 19. Ik verzoek u mijn klacht te behandelen, ervoor te zorgen dat het bedrijf mijn gegevens wist, en mij over de uitkomst te informeren (artikel 77, lid 2).
complaint-demand-first = Naar mijn mening handelt het bedrijf in strijd met artikel 17, lid 1 (wissen zonder onredelijke vertraging) en, als het mijn gegevens heeft doorgegeven, artikel 19. Ik verzoek u mijn klacht te behandelen, ervoor te zorgen dat het bedrijf mijn gegevens wist, en mij over de uitkomst te informeren (artikel 77, lid 2).
complaint-demand-some = Naar mijn mening handelt het bedrijf in strijd met artikel 17, lid 1 (wissen zonder onredelijke vertraging), artikel 12, lid 3 (antwoord binnen een maand) en, als het deze gegevens heeft doorgegeven, artikel 19. Ik verzoek u mijn klacht te behandelen, ervoor te zorgen dat het bedrijf deze gegevens wist, en mij over de uitkomst te informeren (artikel 77, lid 2).
complaint-demand-some-first = Naar mijn mening handelt het bedrijf in strijd met artikel 17, lid 1 (wissen zonder onredelijke vertraging) en, als het deze gegevens heeft doorgegeven, artikel 19. Ik verzoek u mijn klacht te behandelen, ervoor te zorgen dat het bedrijf deze gegevens wist, en mij over de uitkomst te informeren (artikel 77, lid 2).
complaint-evidence = Ik heb ondertekende bewijzen van de afspraak, van het einde ervan en van het verstrijken van de tijd om te wissen. Die zijn zonder tussenkomst te controleren met de gepubliceerde sleutels van { $issuer }.
complaint-evidence-some = Ik heb ondertekende bewijzen van de afspraak, van de wijziging ervan en van het verstrijken van de tijd om te wissen. Die zijn zonder tussenkomst te controleren met de gepubliceerde sleutels van { $issuer }.
complaint-agreement-lives = Ik heb via Sluis ({ $issuer }) een afspraak met dit bedrijf voor { $client }.
complaint-agreement = Sinds { $since } had ik via Sluis ({ $issuer }) een afspraak met dit bedrijf voor { $client }. Op grond daarvan kreeg het: { $claims }.
complaint-agreement-nothing = Sinds { $since } had ik via Sluis ({ $issuer }) een afspraak met dit bedrijf voor { $client }. Het bedrijf kent mij daar aan een kenmerk.
complaint-end-ended = Het bedrijf heeft die op { $date } beëindigd.
complaint-not-confirmed = Het bedrijf had de gegevens uiterlijk op { $due } moeten wissen. Het heeft niet bevestigd dat dat is gebeurd.
complaint-not-deleted = Op { $date } is het bedrijf namens mij gevraagd deze gegevens te wissen, uiterlijk op { $due }, en dat te bevestigen. Het heeft dat niet bevestigd.
authority-yours = De toezichthouder voor gegevensbescherming van het land waar je woont of werkt

## Rechten
rights-title = Je rechten
rights-ask = Vraag { $business } iets
rights-hint = We sturen je verzoek naar het bedrijf, met een nummer. Het heeft een maand om te antwoorden; dat zie je hier. De wet geeft het er twee bij als het zegt waarom.
rights-unreachable = Wij kunnen { $business } geen verzoek sturen. Stuur het zelf een bericht: { $contact }. Het heeft een maand om te antwoorden.
rights-which = Wat vraag je?
rights-about = Over welke gegevens? (niets gekozen: allemaal)
rights-send = Verstuur het verzoek
right-access = Inzage
right-access-meaning = Wat weet u van mij en wat doet u ermee? (AVG, artikel 15)
right-rectification = Rectificatie
right-rectification-meaning = Er klopt iets niet of er ontbreekt iets. Verbeter het eerst in je eigen profiel: daar leest het bedrijf het. (AVG, artikel 16)
right-restriction = Beperking
right-restriction-meaning = Bewaar mijn gegevens, maar gebruik ze niet. De afspraak gaat meteen op pauze. (AVG, artikel 18)
right-portability = Meenemen
right-portability-meaning = Geef mij mijn gegevens in een vorm die anderen kunnen lezen. (AVG, artikel 20)
right-objection = Bezwaar
right-objection-meaning = Gebruik mijn gegevens hier niet meer voor, en in elk geval niet voor reclame. Contact via de afspraak gaat meteen uit. (AVG, artikel 21)
right-closed = Wat het daarbij schreef, kan niet meer worden geopend: je kluis heeft sindsdien een nieuwe sleutel.
right-number = Verzoek { $number }
right-asked = Verstuurd op { $date }, over al je gegevens.
right-asked-about = Verstuurd op { $date }, over: { $claims }.
right-until = Het bedrijf moet uiterlijk op { $date } antwoorden.
right-overdue = Het bedrijf antwoordde niet vóór het eind van { $date }.
right-done = Op { $date } antwoordde het bedrijf dat het deed wat je vroeg.
right-refused = Op { $date } antwoordde het bedrijf dat het dat niet doet.
right-extended = Op { $date } antwoordde het bedrijf dat het tijd nodig heeft tot { $until }.
done-objected = Verstuurd. Contact via deze afspraak staat vanaf nu uit. Het bedrijf heeft een maand om te antwoorden.
done-restricted = Verstuurd. De afspraak staat vanaf nu op pauze. Het bedrijf heeft een maand om te antwoorden.
done-asked = Verstuurd. Het bedrijf heeft een maand om te antwoorden.
mail-answered-subject = { $business } heeft je verzoek { $number } beantwoord
mail-extended-subject = { $business } heeft meer tijd nodig voor je verzoek { $number }
mail-answered-read = Alleen jij kunt openen wat het bedrijf schreef: log in om het te lezen.
mail-answered-link = Lees wat het schreef
mail-unanswered-subject = { $business } heeft je verzoek { $number } niet beantwoord
mail-unanswered-since = { $business } had tot { $date } om te antwoorden. Je mag een klacht indienen bij de toezichthouder, zoals de Autoriteit Persoonsgegevens.

## Manieren om in een account te komen, per mail

mail-security-when = Dit gebeurde op { $when }.
mail-security-not-you = Was jij dit niet? Log dan in, verander je wachtwoord en kijk na wat er is ingesteld.
mail-security-link = Bekijk je beveiliging
mail-passkey-added-subject = Er is een passkey aan je account toegevoegd
mail-passkey-added = Iemand die bij je account was ingelogd, heeft er een passkey aan toegevoegd.
mail-passkey-removed-subject = Er is een passkey van je account verwijderd
mail-passkey-removed = Iemand die bij je account was ingelogd, heeft er een passkey van verwijderd.
mail-passkey-doubted-subject = Misschien bestaat er een kopie van je passkey
mail-passkey-doubted = De teller van een van je passkeys liep terug. Dat kan onschuldig zijn, maar het kan ook betekenen dat iemand een kopie heeft. Twijfel je? Verwijder die passkey dan en maak een nieuwe.
mail-totp-added-subject = Er is een authenticator-app aan je account toegevoegd
mail-totp-added = Bij het inloggen vragen we vanaf nu ook om een code uit de app.
mail-totp-removed-subject = De authenticator-app is van je account verwijderd
mail-totp-removed = Bij het inloggen vragen we niet meer om een code uit de app.
mail-codes-made-subject = Je hebt nieuwe herstelcodes
mail-codes-made = De herstelcodes die je eerder had, werken niet meer.
mail-code-used-subject = Er is een herstelcode gebruikt
mail-code-used = { $left ->
    [0] Iemand heeft ingelogd met je laatste herstelcode. Maak nieuwe, zodat je er nog in kunt als je je telefoon kwijtraakt.
    [one] Iemand heeft ingelogd met een van je herstelcodes. Je hebt er nog één.
   *[other] Iemand heeft ingelogd met een van je herstelcodes. Je hebt er nog { $left }.
}
mail-password-changed-subject = Je wachtwoord is veranderd
mail-password-changed = Je account heeft een nieuw wachtwoord.
mail-guessed-subject = Iemand probeert in je account te komen
mail-guessed = Er zijn een paar keer achter elkaar verkeerde codes of wachtwoorden geprobeerd, door iemand die voorbij de eerste stap kwam of een browser gebruikt waarin jij bent ingelogd. Diegene is niet binnengekomen. We laten hem steeds langer wachten.

## Passkeys, tweede stappen, en nog eens laten zien wie je bent

sign-in-passkey = Inloggen met een passkey
sign-in-passkey-wrong = Deze passkey werd hier niet geaccepteerd. Probeer het nog eens, of log in met je wachtwoord.
passkey-failed = Dat lukte niet, of het werd afgebroken. Probeer het nog eens, of kies een andere manier.
second-title = Nog één stap
second-password-lead = Je passkey laat zien wie je bent, maar kan je kluis hier niet openen. Vul ook je wachtwoord in.
second-passkey = Gebruik een passkey
second-code = Code uit je app
second-recovery-code = Herstelcode
second-code-hint = Apparaat kwijt? Een van je herstelcodes werkt hier ook.
second-start-over = Opnieuw beginnen
factor-wrong-code = Deze code klopt niet, of is al gebruikt. Een code uit een app werkt één keer: wacht op de volgende.
factor-wrong-password = Dit wachtwoord klopt niet. Probeer het nog eens.
factor-wrong-passkey = Deze passkey werd niet geaccepteerd. Probeer het nog eens, of kies een andere manier.
again-title = Ben jij het?
again-lead = Hiervoor willen we het zeker weten. Laat nog een keer zien wie je bent; dat geldt tien minuten.
again-submit = Ga verder
back-to-security = Terug naar beveiliging
security-passkey = Jij, met een passkey
security-passkey-text = Je apparaat maakt een sleutel die het alleen aan deze site geeft. Hij staat nergens anders.
passkeys-title = Passkeys
passkeys-lead = Met een passkey log je in met je vinger, je gezicht of de pincode van je apparaat. Hij werkt op deze site en op geen andere, dus niemand kan hem je ontfutselen.
passkeys-not-here = Op het adres van deze server werken passkeys niet. Vraag de beheerder om een naam met https.
passkey-opens = Logt je in en opent je kluis.
passkey-proves = Laat na je wachtwoord zien dat jij het bent. Kan je kluis niet alleen openen.
passkey-since = Toegevoegd op { $date }.
passkey-used = Laatst gebruikt op { $date }.
passkey-unused = Nog niet gebruikt.
passkey-doubted = Op { $date } liep de teller van deze passkey terug: misschien bestaat er een kopie. Twijfel je? Verwijder hem dan en maak een nieuwe.
passkey-remove = Verwijderen
passkey-remove-named = Passkey { $name } verwijderen
passkey-new = Passkey toevoegen
passkey-add-title = Passkey toevoegen
passkey-add-lead = Je apparaat vraagt om je vinger, je gezicht of je pincode. Kan het ons ook een sleutel voor je kluis geven, dan heb je geen wachtwoord nodig als je ermee inlogt. Kan dat niet, dan komt de passkey na je wachtwoord. We zeggen erbij welke van de twee het is geworden.
passkey-name = Hoe wil je hem noemen?
passkey-name-hint = Bijvoorbeeld ‘mijn telefoon’. Alleen jij ziet dit.
passkey-name-default = Mijn passkey
passkey-make = Maak de passkey
passkey-not-taken = Deze passkey werd niet geaccepteerd. Probeer het nog eens. Heb je er op dit apparaat al een, dan heb je geen tweede nodig.
passkey-script = Voor passkeys heb je JavaScript in je browser nodig. Een wachtwoord en een app met codes werken zonder.
password-change = Wachtwoord veranderen
password-none = Je hebt geen wachtwoord: je logt in met een passkey.
password-old = Het wachtwoord dat je nu hebt
password-new = Nieuw wachtwoord
password-end-others = Log overal elders uit
password-save = Verander het
totp-title = Codes uit een app
totp-on = Bij het inloggen vragen we ook om een code uit je authenticator-app.
totp-off = Een authenticator-app geeft je elke halve minuut een nieuwe code. Dan is je wachtwoord alleen niet genoeg om binnen te komen.
totp-new = App instellen
totp-remove = Vraag niet meer om codes
totp-add-title = Authenticator-app instellen
totp-scan = Scan dit plaatje met de app.
totp-type = Of typ dit over:
totp-open = Open het in een app op dit apparaat
totp-code = De code die de app laat zien
totp-confirm = Klaar
codes-title = Herstelcodes
codes-left = Je hebt nog { $left } herstelcodes. Met elke code kom je er één keer in als je je apparaat kwijt bent.
codes-low = { $left ->
    [0] Je hebt geen herstelcodes. Raak je je apparaat kwijt, dan kun je er niet meer in.
    [one] Je hebt nog één herstelcode. Maak op tijd nieuwe.
   *[other] Je hebt nog { $left } herstelcodes. Maak op tijd nieuwe.
}
codes-make = Maak nieuwe herstelcodes
codes-new-title = Je herstelcodes
codes-new-lead = Met elk van deze codes kom je er na je wachtwoord één keer in als je je apparaat kwijt bent. Print ze of schrijf ze op, en bewaar ze op een veilige plek.
codes-once = Je ziet ze alleen nu. Codes die je eerder had, werken niet meer.
codes-kept = Ik heb ze bewaard
done-passkey-opens = Je passkey werkt. Hij logt je in en opent je kluis, zonder wachtwoord.
done-passkey-proves = Je passkey werkt, maar kan je kluis niet openen. Hij komt na je wachtwoord, als tweede stap.
done-passkey-removed = De passkey is verwijderd.
done-last-way = Met alleen deze passkey kom je nog in je kluis. Voeg eerst een andere toe.
done-totp-added = De app is ingesteld. Bij het inloggen vragen we vanaf nu om een code.
done-totp-removed = Bij het inloggen vragen we niet meer om codes.
done-password = Je wachtwoord is veranderd.

## Toegang: browsers, herstelkit, herstel, brieven
sign-in-forgot = Wachtwoord vergeten?
browser-on = { $browser } op { $system }
browser-unknown = Een browser die we niet herkennen
opener-password = je wachtwoord
opener-passkey = een passkey van jou
opener-kit = je herstelkit
opener-escrow = de beheerder van deze Sluis
security-who = Je kluis gaat nu open met: { $who }.
security-kit = Je herstelkit, op papier
security-kit-text = Met de code op papier kom je weer binnen als je je wachtwoord vergeet. Bewaar hem waar je ook je paspoort bewaart.
security-kit-again = Maak een nieuwe kit
security-kit-make = Maak een herstelkit
security-no-kit = Nog geen herstelkit
security-no-kit-text = Een herstelkit is een code op papier. Daarmee open je je kluis zelf, ook als je je wachtwoord vergeet.
security-escrow-drop = Haal de reservesleutel weg
security-escrow-first = Wil je dat niet? Maak eerst een herstelkit. Daarna kun je deze sleutel weghalen.
security-escrow-allow = Laat de beheerder toch helpen
security-no-escrow-kit = Er is geen reservesleutel. Vergeet je je wachtwoord, dan kom je alleen met je herstelkit weer binnen.
security-sessions = Waar je bent ingelogd
security-sessions-lead = Herken je iets niet? Log het hier uit, en kies daarna een nieuw wachtwoord.
security-session-this = deze browser
security-session-used = Laatst gebruikt
security-session-network = Netwerk, ongeveer
security-session-end = Log uit
security-session-end-others = Log overal elders uit
done-session-ended = Die browser is uitgelogd.
done-sessions-ended = Je bent overal elders uitgelogd.
done-kit = Je herstelkit werkt. Een eerdere kit werkt niet meer.
done-escrow-dropped = De reservesleutel is weg. De beheerder kan je kluis niet meer openen.
done-escrow-allowed = De beheerder heeft weer een reservesleutel.
done-no-kit = De reservesleutel is er nog: maak eerst een herstelkit.
done-mailed = De mail is onderweg. Zie je hem niet? Kijk bij je ongewenste mail.
done-stopped = Het herstel is gestopt. Je wachtwoord is gebleven wat het was.
standing-recovery = Iemand vraagt een nieuw wachtwoord voor je account
standing-recovery-text = Ben jij dat niet? Stop het dan vóór { $until }.
standing-unconfirmed = Je e-mailadres is nog niet bevestigd. Klik op de link in de mail die we je stuurden.
standing-again = Stuur de mail opnieuw
standing-unreachable = Onze mail komt niet aan op je e-mailadres. Zo kunnen we je niet waarschuwen, en je ook niet helpen als je je wachtwoord vergeet.
kit-title = Je herstelkit
kit-lead = Print deze pagina of schrijf de code over. Je ziet hem maar één keer.
kit-code-title = Herstelcode voor Sluis
kit-for = Voor het account van { $email }
kit-picture = De code als QR-plaatje
kit-how = Wachtwoord vergeten? Ga naar de inlogpagina, kies “Wachtwoord vergeten?” en typ deze code. Geef hem nooit aan iemand anders.
kit-wrong = Dat staat er niet. Kijk op je papier en typ dat groepje nog eens.
kit-part = Typ groepje { $group } van je papier over
kit-confirm = Ik heb hem op papier
kit-back = Terug, ik maak er later een
confirm-email-title = Je e-mailadres bevestigen
confirm-email-lead = Eén klik, dan weten we dat je mail op dit adres leest.
confirm-email-submit = Bevestig mijn e-mailadres
confirm-email-done = Dank je. Je e-mailadres is bevestigd.
confirm-email-void = Deze link werkt niet meer: hij is al gebruikt, te oud, of er is een nieuwere. Op je overzicht kun je een nieuwe laten sturen.
confirm-email-on = Naar je account
recover-title = Weer naar binnen
recover-lead = We mailen je een link waarmee je verder kunt.
recover-submit = Mail me een link
recover-sign-in = Log in
recover-sent = Is er een account met dit adres, dan ligt er zo een mail in je postvak. De link erin werkt een uur.
recover-sent-none = Niets gekregen? Kijk bij je ongewenste mail, of probeer een ander adres.
recover-kit = Met je herstelkit
recover-kit-text = Typ de code van je papier. Hoofdletters, spaties en streepjes maken niet uit.
recover-code = Herstelcode
recover-password = Nieuw wachtwoord
recover-set = Stel het nieuwe wachtwoord in
recover-wrong-code = Deze code opent je kluis niet. Kijk of er geen teken mist of verwisseld is.
recover-escrow = Met hulp van de beheerder
recover-escrow-text = De beheerder van deze Sluis heeft een reservesleutel. Die gebruiken we pas na 24 uur, zodat jij het kunt stoppen als iemand anders dit vraagt. Daarna krijg je een mail om een nieuw wachtwoord te kiezen.
recover-wait = Begin de 24 uur
recover-waits = Vanaf { $until } kun je een nieuw wachtwoord kiezen. Je krijgt dan een mail.
recover-waits-why = Herinner je je het wachtwoord intussen? Log dan gewoon in en stop dit herstel.
recover-nobody = Niemand kan je kluis nog openen: er is geen herstelkit en de beheerder heeft geen reservesleutel. Zonder je wachtwoord zijn je gegevens niet terug te halen.
recover-nobody-grants = Er verandert nu niets: je account en je afspraken met bedrijven lopen door. Weet je het wachtwoord weer, dan log je gewoon in.
recover-ready = De 24 uur zijn voorbij. Kies een nieuw wachtwoord. Je wordt daarna overal uitgelogd.
recover-stop-lead = Iemand vraagt een nieuw wachtwoord voor je account. Ben jij dat niet, stop het dan.
recover-stop = Stop dit herstel
recover-stopped = Gestopt. Je wachtwoord is gebleven wat het was.
recover-done = Je nieuwe wachtwoord werkt. Je bent overal uitgelogd: log nu in.
recover-void = Deze link werkt niet meer: hij is al gebruikt, te oud, er is een nieuwere, of het herstel is gestopt.
recover-again = Vraag een nieuwe link
letter-confirm-subject = Bevestig je e-mailadres
letter-confirm-why = Met dit adres is een account gemaakt bij { $issuer }. Bevestig dat je hier je mail leest. De link werkt een dag.
letter-confirm-not-you = Heb jij dit niet gedaan? Dan hoef je niets te doen.
letter-confirm-link = Bevestig je e-mailadres
letter-tried-subject = Je hebt al een account
letter-tried-what = Iemand, waarschijnlijk jij, wilde op { $when } een account maken bij { $issuer } met dit adres. Dat is er al.
letter-tried-forgot = Weet je je wachtwoord niet meer? Op de inlogpagina kun je een nieuw kiezen.
letter-tried-not-you = Was jij het niet? Dan hoef je niets te doen: er is niets veranderd.
letter-tried-link = Log in
letter-browser-subject = Ingelogd in een nieuwe browser
letter-browser-what = Op { $when } is in je account ingelogd in een browser die we nog niet kenden: { $browser }.
letter-browser-you = Was jij dat? Dan hoef je niets te doen.
letter-browser-not-you = Was jij het niet? Log die browser dan uit bij Beveiliging, en kies een nieuw wachtwoord.
letter-browser-link = Bekijk waar je bent ingelogd
letter-forgotten-subject = Weer naar binnen bij Sluis
letter-forgotten-what = Op { $when } heeft iemand, waarschijnlijk jij, gevraagd om een nieuw wachtwoord. Deze link werkt een uur en één keer.
letter-forgotten-not-you = Was jij het niet? Dan hoef je niets te doen. Met deze link alleen komt niemand binnen.
letter-forgotten-link = Ga verder
letter-started-subject = Over 24 uur krijgt je account een nieuw wachtwoord
letter-started-what = Op { $when } heeft iemand gevraagd om weer binnen te komen met de reservesleutel van de beheerder. Dat kan vanaf { $ready }.
letter-started-not-you = Was jij het niet? Stop het dan nu. Iemand kan je mail lezen, dus kies daarvoor ook een nieuw wachtwoord.
letter-started-link = Stop dit herstel
letter-ready-subject = Kies een nieuw wachtwoord
letter-ready-what = De 24 uur zijn voorbij. Met deze link kies je een nieuw wachtwoord. Hij werkt drie dagen en één keer.
letter-ready-not-you = Heb jij dit niet gevraagd? Log dan in en stop het op je overzicht.
letter-ready-link = Kies een nieuw wachtwoord
letter-stopped-subject = Het herstel is gestopt
letter-stopped-what = Het herstel van je account is gestopt op { $when }. Je wachtwoord is gebleven wat het was.
letter-security-link = Bekijk je beveiliging
letter-recovered-subject = Je account heeft een nieuw wachtwoord
letter-recovered-what = Op { $when } is een nieuw wachtwoord ingesteld. Je bent overal uitgelogd.
letter-recovered-not-you = Was jij het niet? Vraag dan meteen een nieuwe link, en kies ook voor je mail een nieuw wachtwoord.
letter-recovered-link = Weer naar binnen
letter-kit-subject = Je herstelkit is gemaakt
letter-kit-what = Op { $when } is er een herstelkit voor je account gemaakt. Een eerdere kit werkt niet meer.
letter-kit-not-you = Was jij het niet? Log dan overal elders uit, kies een nieuw wachtwoord en maak een nieuwe kit.
letter-escrow-subject = De reservesleutel van de beheerder is weg
letter-escrow-what = Op { $when } is de reservesleutel van de beheerder weggehaald. Zonder je wachtwoord en je herstelkit kan niemand je kluis meer openen.
letter-escrow-not-you = Was jij het niet? Log dan overal elders uit en kies een nieuw wachtwoord.

## Wie las wat, doorzocht
history-filter = Zoek in wat er gelezen is
history-why = Waarvoor
history-anybody = Iedereen
history-anything = Alles
history-any-purpose = Elk doel
history-from = Vanaf
history-until = Tot en met
history-show = Toon
history-all = Toon alles
history-none = Dit heeft niemand gelezen. Probeer een langere periode of een ander bedrijf.
history-not-a-day = Dit is geen datum. Schrijf hem als 2026-11-22.
history-count = { $count ->
    [one] één keer gelezen
   *[other] { $count } keer gelezen
}
history-picture-day = Gelezen per dag
history-picture-week = Gelezen per week
history-picture-says = { $count ->
    [one] Eén keer gelezen
   *[other] { $count } keer gelezen
  } tussen { $from } en { $until }. De meeste keren, { $most }, op of vanaf { $busiest }. Elke keer staat in de tabel hieronder.
history-bar = { $date }: { $count }
history-newer = Nieuwer
history-further = Zoek verder terug

## Wie heeft wat
holdings-title = Wie heeft wat
holdings-lead = Elk bedrijf waarmee je een afspraak hebt of had, en wat het van je heeft. Kies iets om te zien op welke afspraak dat berust.
holdings-link = Bekijk wie wat heeft
holdings-business = Bedrijf
holdings-note = “Gewist” is wat het bedrijf zelf zegt. Dat wij het vroegen te wissen is niet genoeg om dat te zeggen.
holding-granted = mag lezen
holding-paused = gepauzeerd
holding-deleting = moet weg, uiterlijk op { $date }
holding-overdue = had weg moeten zijn op { $date }
holding-kept = wettelijk bewaard tot { $date }
holding-deleted = gewist, zegt het bedrijf
holding-never = nooit

## Minderjarigen
minor-title = Tot { $date } is een deel nog dicht
minor-why = Volgens je geboortedatum ben je nog geen 16. Tot je zestiende verjaardag is het hoge profiel dicht, en mogen bedrijven je niet benaderen voor reclame: daarover beslist volgens de wet een ouder (AVG, artikel 8). Op { $date } gaat allebei vanzelf open.
minor-grants = Wat bij bedrijven al verder ging, is gestopt. Ze krijgen te horen dat ze het moeten wissen, en jij kreeg er een mail over. Je geboortedatum weghalen maakt het niet weer open.
tier-minor = Dicht tot je 16 bent, op { $date }.
item-minor = blijft bij jou tot je 16 bent, op { $date }
missing-minor = Je { $claim } kan mee als je 16 bent, vanaf { $date }.
missing-permission-minor = “{ $permission }” kan worden toegestaan als je 16 bent, vanaf { $date }.

## Alles meenemen
data-title = Neem je gegevens mee
data-lead = Je gegevens zijn van jou. Neem ze mee wanneer je wilt, in een vorm die andere programma's kunnen lezen.
data-link = Neem je gegevens mee
data-everything = Alles
data-everything-text = Eén bestand met de gegevens in je account, je profielen en huisregels, elke afspraak met de bewijzen, wie wat las, wat er verwijderd moet worden, en wat je bedrijven vroeg en zij antwoordden.
data-everything-get = Download alles
data-careful = Het bestand is niet versleuteld. Bewaar het waar niemand anders bij kan.
data-schema = Wat erin staat, voor programmeurs
data-card = Voor je adresboek
data-card-text = Je naam, adressen, telefoonnummer en verjaardag als vCard, die de meeste adresboeken openen.
data-card-get = Download het kaartje
data-import = Van een andere aanbieder
data-import-text = Kom je van een andere Sluis? Neem mee wat je daar hebt. Je ziet eerst wat er zou veranderen, en kiest zelf.
data-import-go = Gegevens meebrengen
data-came = Wat er meekwam
data-came-text = Je afspraken en bewijzen van elders. Je kunt ze nalezen, en ze gaan weer mee als je alles meeneemt.
data-came-at = Meegekomen op { $date }

## Meebrengen
import-title = Gegevens meebrengen
import-lead = Van een andere Sluis: rechtstreeks, of met het bestand dat je daar kreeg. Er verandert niets voordat je hebt gezien wat er meekomt.
import-refused = Dit bestand kunnen we niet gebruiken
import-file-title = Uit een bestand
import-file = Je export
import-file-hint = Het bestand “sluis-export.json”, hoogstens 32 MB.
import-look = Kijk wat erin staat
import-large = Dit bestand is groter dan we lezen.
import-large-then = Een export van één persoon is nooit zo groot. Download hem opnieuw bij je oude aanbieder.
import-other = Dit is geen export van Sluis.
import-other-then = Ga bij je oude aanbieder naar “Neem je gegevens mee” en download alles.
import-newer = Een nieuwere Sluis maakte dit bestand, en we begrijpen niet alles ervan. Onderweg zou de helft verloren gaan. Daarom namen we niets over.
import-newer-then = Vraag de beheerder van deze Sluis om een nieuwere versie, en probeer het dan nog eens. Bewaar het bestand.
import-broken = Het bestand is beschadigd of veranderd: regel { $line }, positie { $column } klopt niet.
import-broken-then = Download het opnieuw bij je oude aanbieder, en open of bewerk het niet tussendoor.
import-text = Er staat een tekst in die veel te lang is, of die we niet kunnen tonen.
import-future = Volgens het bestand is het gemaakt op een dag die nog moet komen.
import-future-then = Een van de twee klokken loopt verkeerd. Probeer het morgen nog eens, of vraag het je oude aanbieder.
import-many = Je hebt al twintig keer gegevens meegebracht.
import-many-then = Gooi onder “Wat er meekwam” weg wat je niet meer nodig hebt, en probeer het nog eens.
preview-title = Dit zou er meekomen
preview-lead = Kies wat je overneemt. Wat hier nieuw is, staat aangevinkt. Heb je hier iets anders staan, dan blijft dat zo, tenzij je het aanvinkt.
preview-attributes = Je gegevens
preview-profiles = Je profielen
preview-rules = Je huisregels
preview-new = Nieuw hier
preview-instead = In plaats van: { $here }
preview-same = { $count ->
    [one] Nog één gegeven is hier al hetzelfde.
   *[other] Nog { $count } gegevens zijn hier al hetzelfde.
}
preview-nothing = Alles wat erin staat, is hier al hetzelfde.
preview-records = Wat ervan kwam
preview-records-text = Afspraken zijn gemaakt tussen jou, een bedrijf en je oude aanbieder. Die kunnen hier niet verder: bij elk bedrijf log je opnieuw in. De bewijzen en de geschiedenis komen wel mee, om na te lezen en iets mee aan te tonen.
preview-records-kept = Dit kwam al eerder mee.
preview-records-keep = Bewaar dit hier
preview-left = Wat er achterblijft, en waarom
preview-left-grants = Lopende afspraken: een bedrijf maakte ze met je oude aanbieder. Beëindig ze daar, of laat ze aflopen.
preview-left-verified = Vinkjes: dat je e-mailadres of telefoonnummer gecontroleerd is, zegt je oude aanbieder. Hier zijn het gegevens die je zelf opgeeft.
preview-left-account = Hoe je inlogt, je adres voor berichten en je taal: je account hier heeft zijn eigen.
preview-left-unusable = Je { $claim }: met de waarde in het bestand kunnen we niets. Vul het zelf in.
preview-take = Neem over wat is aangevinkt
preview-discard = Neem niets over
preview-rule-yes = Ja: { $what }
preview-rule-no = Nee: { $what }
preview-rule-asks = Vraagt alles
archive-title = Van een andere aanbieder
archive-lead = Meegekomen op { $date }. Hier volgt er niets uit: deze afspraken lopen via je oude aanbieder.
archive-written = Opgeschreven op { $date }.
archive-grants = { $count ->
    [one] 1 afspraak
   *[other] { $count } afspraken
}
archive-receipts = { $count ->
    [one] 1 bewijs
   *[other] { $count } bewijzen
}
archive-reads = { $count ->
    [one] 1 keer las iemand je gegevens
   *[other] { $count } keer las iemand je gegevens
}
archive-duties = { $count ->
    [one] 1 keer moest er iets verwijderd worden
   *[other] { $count } keer moest er iets verwijderd worden
}
archive-requests = { $count ->
    [one] 1 verzoek aan een bedrijf
   *[other] { $count } verzoeken aan bedrijven
}
archive-checked = De bewijzen zijn gecontroleerd met de sleutels die { $provider } bekendmaakt. De rest is wat het bestand zegt.
archive-checked-file = We konden { $provider } niet om de sleutels vragen. De bewijzen passen bij de sleutels in het bestand zelf: er is niets aan veranderd, maar wie ze tekende is niet gecontroleerd.
archive-flaws = Klopt niet
archive-proof = Bewijs
archive-more = Er is meer dan hier past. Alles staat in je export.
archive-away = Weggooien
archive-away-text = Dan is dit hier voorgoed weg. Je gegevens en profielen blijven zoals ze zijn.
archive-away-do = Gooi dit weg
flaw-tampered = Bewijs { $number } van { $business } is veranderd en kwam niet mee.
flaw-not-theirs = Bewijs { $number } van { $business } is niet door die aanbieder getekend en kwam niet mee.
flaw-misplaced = Bewijs { $number } van { $business } hoort bij een andere afspraak en kwam niet mee.
flaw-gap = Vóór bewijs { $number } van { $business } ontbreekt er een.

## Zestien
of-age-title = Je bent 16: alles is open
of-age-text = Sinds { $date } is het hoge profiel voor je open, en bepaal je zelf of bedrijven contact met je mogen opnemen. Wat eerder is beëindigd, komt niet vanzelf terug: dat spreek je opnieuw af, als je wilt.
mail-minor-closed-subject = Je geboortedatum heeft iets gesloten
mail-minor-closed = Volgens de geboortedatum die nu in je account staat, ben je jonger dan 16. Tot je zestiende verjaardag is het hoge profiel dicht, en mogen bedrijven geen contact met je opnemen voor reclame (AVG, artikel 8). Afspraken die verder gingen, zijn vanaf nu beperkt, en de bedrijven moeten de rest verwijderen.
mail-minor-opened-subject = Je geboortedatum is veranderd
mail-minor-opened = Volgens de geboortedatum die nu in je account staat, ben je 16 of ouder. Volgens de vorige was je dat niet. Wat dicht is voor wie jonger is dan 16, is vanaf nu open; afspraken die waren beëindigd, blijven dat.
mail-went-along-subject = Je account is gekopieerd naar een andere aanbieder
mail-went-along = Alles in je account is eenmalig aan een andere aanbieder gegeven, omdat iemand die als jou was ingelogd dat vroeg. Je account hier blijft zoals het was.

## Van aanbieder naar aanbieder
data-went = Meegegaan naar een andere aanbieder
data-went-to = Naar { $to }, op { $date }
arrival-title = Rechtstreeks van je oude aanbieder
arrival-text = Je logt daar in, zegt dat alles mee mag, en komt hier terug. Dan zie je wat er zou veranderen.
arrival-provider = Adres van je oude aanbieder
arrival-go = Haal het daar op
arrival-address = We kennen dit niet als het adres van een andere Sluis. Schrijf het zoals het in je browser staat als je daar bent ingelogd.
arrival-unreachable = Op dat adres is geen Sluis die we kunnen bereiken, of hij kan een account niet rechtstreeks overdragen.
arrival-closed = Je oude aanbieder laat andere aanbieders niet rechtstreeks om een account vragen. Dat heeft de beheerder daar zo besloten.
arrival-refused = Je oude aanbieder gaf niets mee. Begin opnieuw; het werkt telkens één keer.
arrival-stray = Dit antwoord hoort niet bij iets dat je hier begon, of het duurde te lang. Er is niets overgenomen.
arrival-denied = Je zei nee bij je oude aanbieder. Er is niets overgenomen.
arrival-file = Met het bestand kan het altijd: download alles bij je oude aanbieder onder “Neem je gegevens mee”, en geef het hieronder af.
onward-title = Door naar je oude aanbieder
onward-lead = Je gaat nu naar { $provider }. Log daar in, en let op het adres: zeg alleen ja als het de pagina is die je kent.
onward-go = Ga naar { $provider }
transfer-title = Alles kopiëren naar { $to }?
transfer-lead = Je vroeg bij { $to } om je account mee te nemen. Als je ja zegt, krijgt die eenmalig alles wat hier in je account staat.
transfer-goes = Dit gaat mee
transfer-attributes = Al je gegevens: naam, adressen, telefoonnummer, betaalrekening, geboortedatum, alles wat is ingevuld
transfer-profiles = Je drie profielen en je huisregels
transfer-grants = Elke afspraak met elk bedrijf, met de bewijzen
transfer-history = Wie wat las, wat er verwijderd moet worden, en wat je vroeg en bedrijven antwoordden
transfer-stays = Hier eindigt er niets: je account en je afspraken lopen door, tot je ze zelf beëindigt. We mailen je dat het is gebeurd.
transfer-sure = Alleen als je hier zelf mee begon
transfer-sure-text = Zeg nee als iemand je erover belde, mailde of een bericht stuurde, of als je { $to } niet kent. Wie dit krijgt, heeft al je gegevens.
transfer-deny = Nee, stop
transfer-allow = Ja, kopieer alles
