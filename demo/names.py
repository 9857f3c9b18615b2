"""Invented people: first and last names of the origins one meets in Switzerland, paired within an origin; pure."""

from random import Random
from typing import NamedTuple


class Origin(NamedTuple):
    """Names that go together; `language` is the person's if it is one of ours, else the region's is taken."""

    language: str
    first: tuple[str, ...]
    last: tuple[str, ...]


class Person(NamedTuple):
    first_name: str
    last_name: str
    language: str


def _names(text):
    return tuple(name.strip() for name in text.split(","))


GERMAN = Origin(
    "de",
    _names("Anna, Beat, Céline, Dominik, Fränzi, Hansruedi, Jürg, Käthi, Lea, Marco, Nadja, Noël, Röbi, Ursina, Zoë"),
    _names(
        "Aebi, Brönnimann, Bürki-Frei, Dürrenmatt, Gasser, Grünig, Hösli, Käser, Lüthi, Meier-Bühler, Nägeli, Rüegg,"
        "Schüpbach, Von Känel, Wüthrich, Zürcher"
    ),
)
FRENCH = Origin(
    "fr",
    _names("Aïcha, Benoît, Chloé, Didier, Élodie, François, Hélène, Jean-Luc, Léa, Maëlle, Noémie, Océane, René, Zoé"),
    _names(
        "Aubry, Bérard, Chételat, Corbaz, D’Alessandri, Delacrétaz, Favre-Bulle, Jaquet, L’Eplattenier, Métraux,"
        "Niçoise, Péclard, Rossier-Dubois, Süess, Vuilleumier"
    ),
)
ITALIAN = Origin(
    "it",
    _names("Alessia, Niccolò, Chiara, Davide, Elia, Gaia, Ilaria, Luca, Martina, Noè, Pietro, Sofia, Tiziana, Ugo"),
    _names(
        "Bernasconi, Cattaneo, D’Amico, Dell’Acqua, De Luca, Fontana, Ghirlanda, Lo Presti, Nicolò-Rossi, Pedrazzini,"
        "Quadri, Rè, Soldini, Zanetti"
    ),
)
OTHERS = (
    Origin("", _names("Arbër, Besa, Dritan, Ermira, Flutura, Përparim"), _names("Berisha, Gashi, Krasniqi, Hoxha")),
    Origin("", _names("Amra, Đorđe, Jelena, Miloš, Snežana, Željko"), _names("Hadžić, Jovanović, Marković, Šarić")),
    Origin("", _names("Ayşe, Çağla, Emre, Gülşen, İbrahim, Özgür"), _names("Aydın, Öztürk, Şahin, Yıldız")),
    Origin("", _names("Abinaya, Kavitha, Suresh, Tharshan"), _names("Ratnasingam, Sivakumar, Thevarajah")),
    Origin("", _names("Filmon, Hiwet, Luwam, Selam, Yonas"), _names("Ghebremedhin, Habtemariam, Tesfay, Woldu")),
    Origin("", _names("Ana Lúcia, Conceição, João, Mafalda"), _names("da Conceição, Gonçalves, Magalhães, Simões")),
    Origin("", _names("Inés, Íñigo, Lucía, Martín"), _names("Ibáñez-Ruiz, Muñoz, Núñez, Peña")),
    Origin("uk", _names("Iryna, Mykola, Oksana, Solomiya"), _names("Hryhorenko, Kovalenko, Mel’nyk, Shevchuk")),
    Origin("ar", _names("Amal, Fadi, Nour, Yasmin, Ziad"), _names("Al-Khatib, Ben-Salah, El-Masri, Haddad")),
    Origin("", _names("Farid, Laila, Nasrin, Zabiullah"), _names("Ahmadzai, Noorzai, Sultani")),
    Origin("", _names("Ánh, Đức, Hương, Thảo"), _names("Lê, Nguyễn, Phạm, Trần")),
    Origin("", _names("Łukasz, Małgorzata, Zuzanna"), _names("Dąbrowska, Wiśniewski, Żak")),
    Origin("en", _names("Ciara, Declan, Seán"), _names("McGrath, O’Brien, O’Sullivan-Hart")),
)
LOCAL = {"de": GERMAN, "fr": FRENCH, "it": ITALIAN, "en": FRENCH}


def person(rng: Random, region: str) -> Person:
    """Somebody who lives in a language region: four of ten with a name from there."""
    origin = LOCAL[region] if rng.random() < 0.4 else rng.choice(OTHERS)
    language = origin.language if rng.random() < 0.7 else ""
    return Person(rng.choice(origin.first), rng.choice(origin.last), language or ("de" if region == "en" else region))


def colleague(rng: Random, region: str) -> str:
    """The name of somebody who works in an office there."""
    origin = LOCAL[region]
    return f"{rng.choice(origin.first)} {rng.choice(origin.last)}"


STREETS = {
    "de": _names(
        "Mühlegasse, Lindenweg, Schulhausstrasse, Bahnhofstrasse, Obere Gasse, Kirchrain, Sägeweg, Brünnliweg,"
        "Rosenstrasse, Hinterdorf, Ziegelackerweg, Alte Landstrasse, Büelstrasse, Käsereiweg"
    ),
    "fr": _names(
        "rue du Moulin, chemin des Vignes, rue de l’Église, avenue de la Gare, route de l’Hôpital, ruelle du Four,"
        "chemin du Grand-Pré, rue Saint-Roch, impasse des Tilleuls, place de la Fontaine"
    ),
    "it": _names(
        "via Stazione, via ai Ronchi, vicolo del Forno, via San Rocco, piazza Grande, salita alla Chiesa,"
        "via delle Scuole, via Vecchio Mulino"
    ),
}
STREETS["en"] = STREETS["fr"]


def street(rng: Random, region: str) -> tuple[str, str]:
    """A street and a house number."""
    letter = rng.choice("abc") if rng.random() < 0.15 else ""
    return rng.choice(STREETS[region]), f"{rng.randrange(1, 96)}{letter}"
