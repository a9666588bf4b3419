//! What is in the newspaper.

use super::lang::Lang;

/// One article.
pub(super) struct Article {
    /// In its address and page ids.
    pub(super) slug: &'static str,
    section: [&'static str; 2],
    title: [&'static str; 2],
    /// Who wrote it, and where.
    pub(super) byline: &'static str,
    opening: [&'static str; 2],
    rest: [[&'static str; 2]; 3],
}

impl Article {
    pub(super) fn section(&self, lang: Lang) -> &'static str {
        lang.t(self.section[0], self.section[1])
    }

    pub(super) fn title(&self, lang: Lang) -> &'static str {
        lang.t(self.title[0], self.title[1])
    }

    /// The paragraph that everyone may read.
    pub(super) fn opening(&self, lang: Lang) -> &'static str {
        lang.t(self.opening[0], self.opening[1])
    }

    /// The paragraphs for readers.
    pub(super) fn rest(&self, lang: Lang) -> impl Iterator<Item = &'static str> + use<> {
        self.rest.into_iter().map(move |[nl, en]| lang.t(nl, en))
    }
}

/// The lead and the others.
pub(super) fn edition() -> (&'static Article, &'static [Article]) {
    (&ARTICLES[0], &ARTICLES[1..])
}

/// Today's paper.
pub(super) static ARTICLES: [Article; 5] = [
    Article {
        slug: "sluiswachter",
        section: ["Binnenland", "Home news"],
        title: [
            "De laatste sluiswachter met een hendel draait nog altijd met de hand",
            "The last lock keeper with a lever still turns it by hand",
        ],
        byline: "Marit Hoekstra · Vreeswijk",
        opening: [
            "Overal bedienen camera's en schermen de sluizen, maar in Vreeswijk beslist een mens van vlees en bloed hoeveel water er door de deuren gaat. “Je moet het horen”, zegt Jannes Bol (63). “Het water zegt zelf wanneer het genoeg is.”",
            "Everywhere else cameras and screens work the locks, but in Vreeswijk a person of flesh and blood decides how much water goes through the gates. “You have to hear it,” says Jannes Bol (63). “The water tells you itself when it is enough.”",
        ],
        rest: [
            [
                "Om kwart over zes loopt hij zijn ronde, een thermoskan onder de arm. De schippers kennen hem bij zijn voornaam, hij hen bij de naam van het schip. Wie haast heeft, krijgt koffie; wie geen haast heeft, ook.",
                "At a quarter past six he walks his round, a flask under his arm. The skippers know him by his first name, he knows them by the name of the ship. Whoever is in a hurry gets coffee; whoever is not, does too.",
            ],
            [
                "Het waterschap wilde de hendel in 2019 vervangen door een knop in Utrecht. De schippers boden tachtig handtekeningen en een taart aan. De hendel bleef.",
                "In 2019 the water board wanted to replace the lever by a button in Utrecht. The skippers offered eighty signatures and a cake. The lever stayed.",
            ],
            [
                "Bol gaat over twee jaar met pensioen. Zijn opvolger loopt al mee: dochter Sietske, die het water, zegt haar vader, nu al beter verstaat dan hij.",
                "Bol retires in two years. His successor is already at his side: his daughter Sietske, who, says her father, understands the water better than he does.",
            ],
        ],
    },
    Article {
        slug: "nachttrein",
        section: ["Economie", "Economy"],
        title: [
            "Nachttrein naar Lissabon was in een ochtend uitverkocht",
            "Night train to Lisbon sold out in one morning",
        ],
        byline: "Thijs van Rooij · Rotterdam",
        opening: [
            "Nog voor de eerste rit zijn alle bedden tot en met augustus weg. De vervoerder zoekt rijtuigen in Oostenrijk en Polen.",
            "Before its first run every bed is taken until the end of August. The operator is looking for carriages in Austria and Poland.",
        ],
        rest: [
            [
                "Wie donderdagochtend om negen uur inlogde, stond achter veertigduizend anderen. Om elf uur was het stil op de site: op.",
                "Whoever logged in on Thursday at nine in the morning stood behind forty thousand others. At eleven the site went quiet: gone.",
            ],
            [
                "De vervoerder had op een derde daarvan gerekend. “Wij dachten dat mensen het romantisch vonden”, zegt een woordvoerder. “Zij blijken het gewoon handig te vinden.”",
                "The operator had expected a third of that. “We thought that people found it romantic,” says a spokesman. “It turns out that they just find it practical.”",
            ],
            [
                "Een tweede trein kan op zijn vroegst in het najaar rijden, als het spoor bij Irun op tijd klaar is.",
                "A second train can run in autumn at the earliest, if the track near Irún is ready in time.",
            ],
        ],
    },
    Article {
        slug: "bibliotheek",
        section: ["Cultuur", "Culture"],
        title: [
            "De bibliotheek leent nu ook stilte uit",
            "The library now lends out silence, too",
        ],
        byline: "Noor Azzouzi · Groningen",
        opening: [
            "Twaalf stoelen, geen scherm, geen gefluister. De stiltekamer is het drukst bezocht van het hele gebouw.",
            "Twelve chairs, no screen, no whispering. The room of silence is the busiest of the whole building.",
        ],
        rest: [
            [
                "Reserveren kan niet: wie binnenkomt en een lege stoel ziet, gaat zitten. Een kaartje bij de deur vraagt om niets te vragen.",
                "There is no booking: whoever comes in and sees an empty chair sits down. A card at the door asks you not to ask.",
            ],
            [
                "Bezoekers blijven gemiddeld vijftig minuten. Zes op de tien nemen er een boek bij, de rest kijkt uit het raam.",
                "Visitors stay for fifty minutes on average. Six in ten take a book along, the others look out of the window.",
            ],
            [
                "Volgend jaar komt er een tweede kamer bij. Daar mag gesnurkt worden.",
                "Next year there will be a second room. In that one, snoring is allowed.",
            ],
        ],
    },
    Article {
        slug: "oesters",
        section: ["Wetenschap", "Science"],
        title: [
            "Oesterrif houdt de golven beter tegen dan basalt",
            "Oyster reef stops waves better than basalt",
        ],
        byline: "Willem Deelder · Yerseke",
        opening: [
            "Vier winters lang maten onderzoekers de golven achter een levend rif. Het groeide, en de golven krompen.",
            "For four winters researchers measured the waves behind a living reef. It grew, and the waves shrank.",
        ],
        rest: [
            [
                "Een stenen dam slijt; een rif herstelt zich. Na elke storm zaten er in het voorjaar meer oesters dan ervoor.",
                "A dam of stone wears; a reef mends itself. After every storm there were more oysters in spring than before.",
            ],
            [
                "Goedkoper is het ook, al moet men geduld hebben: de eerste drie jaar is er vooral modder te zien.",
                "It is cheaper, too, though one needs patience: in the first three years there is mostly mud to see.",
            ],
            [
                "Eten mag niet. “Dat is het moeilijkste van het hele onderzoek”, aldus de projectleider.",
                "Eating is not allowed. “That is the hardest part of the whole study,” says the project leader.",
            ],
        ],
    },
    Article {
        slug: "lapjeskat",
        section: ["Stad", "City"],
        title: [
            "Lapjeskat Truus neemt al elf jaar dezelfde tram",
            "Truus the calico cat has taken the same tram for eleven years",
        ],
        byline: "Esra Yıldız · Den Haag",
        opening: [
            "Lijn 1, om tien over acht, tweede deur. De conducteur telt haar niet mee, de passagiers wel.",
            "Line 1, ten past eight, second door. The conductor does not count her, the passengers do.",
        ],
        rest: [
            [
                "Zij stapt in bij de Keizerstraat en uit bij de visboer. Terug gaat zij, zover iemand weet, te voet.",
                "She gets on at Keizerstraat and off at the fishmonger's. She goes back, as far as anyone knows, on foot.",
            ],
            [
                "Het vervoerbedrijf liet haar in 2021 een abonnement bezorgen. Zij ging erop liggen.",
                "In 2021 the transport company had a season ticket delivered to her. She lay down on it.",
            ],
            [
                "Wie haar baas is, weet niemand. Truus heeft, zoals dat heet, haar gegevens nooit gedeeld.",
                "Nobody knows whose cat she is. Truus has, as they say, never shared her data.",
            ],
        ],
    },
];
