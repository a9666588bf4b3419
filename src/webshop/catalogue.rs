//! What the shop sells.

use super::lang::Lang;

/// One thing for sale.
pub(super) struct Product {
    /// In forms and page ids.
    pub(super) id: &'static str,
    name: [&'static str; 2],
    blurb: [&'static str; 2],
    /// In euro cents.
    pub(super) cents: u32,
}

impl Product {
    pub(super) fn name(&self, lang: Lang) -> &'static str {
        lang.t(self.name[0], self.name[1])
    }

    pub(super) fn blurb(&self, lang: Lang) -> &'static str {
        lang.t(self.blurb[0], self.blurb[1])
    }

    pub(super) fn image(&self) -> String {
        format!("/assets/{}.svg", self.id)
    }

    pub(super) fn price(&self, lang: Lang) -> String {
        lang.euros(self.cents)
    }
}

/// Everything in the window.
pub(super) static PRODUCTS: [Product; 6] = [
    Product {
        id: "omafiets",
        name: ["Omafiets Wilhelmina", "Wilhelmina city bike"],
        blurb: [
            "Stalen frame, drie versnellingen, jasbeschermer. Gaat een leven mee.",
            "Steel frame, three gears, a coat guard. Lasts a lifetime.",
        ],
        cents: 54_900,
    },
    Product {
        id: "fietstas",
        name: ["Dubbele fietstas", "Double pannier"],
        blurb: [
            "Gewaxt canvas, 38 liter. De boodschappen van een week.",
            "Waxed canvas, 38 litres. A week's groceries.",
        ],
        cents: 6_495,
    },
    Product {
        id: "mand",
        name: ["Rieten mand", "Wicker basket"],
        blurb: [
            "Met de hand gevlochten in Noordwolde. Past een kat in.",
            "Woven by hand in Noordwolde. Holds a cat.",
        ],
        cents: 3_950,
    },
    Product {
        id: "slot",
        name: ["Kettingslot ART 3", "Chain lock ART 3"],
        blurb: [
            "Gehard staal, 110 cm. De verzekeraar knikt.",
            "Hardened steel, 110 cm. The insurer nods.",
        ],
        cents: 5_250,
    },
    Product {
        id: "lampen",
        name: ["Lampenset Schemer", "Dusk light set"],
        blurb: [
            "Voor en achter, oplaadbaar, dertig uur licht.",
            "Front and rear, rechargeable, thirty hours of light.",
        ],
        cents: 2_795,
    },
    Product {
        id: "bel",
        name: ["Ding-dong-bel", "Ding-dong bell"],
        blurb: [
            "Messing. Iedereen gaat glimlachend opzij.",
            "Brass. Everyone steps aside with a smile.",
        ],
        cents: 1_250,
    },
];

pub(super) fn find(id: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.id == id)
}
