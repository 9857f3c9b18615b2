"""How well the guard tells that two requests are for one person: precision and recall over some 220 labelled pairs.

Run it with `.venv/bin/python benchmarks/bench_same_person.py`. The people are made up. A pair is one person written
twice, as two offices would write it, or two people who are alike; what the guard can't know (another name since a
wedding, a year mistyped, a nickname, two people of one name and year) is in the list as well, and counts against it.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from requests.same_person import marks

PEOPLE = [
    ("Samira", "Wenger"),
    ("Jürg", "Müller"),
    ("Zoë", "Lüthi"),
    ("François", "Bärtschi"),
    ("Anna-Maria", "Rossi"),
    ("Mehmet", "Yıldız"),
    ("Łukasz", "Wiśniewski"),
    ("Мар'яна", "Коваль"),
    ("Олена", "Шевчук"),
    ("سميرة", "العلي"),
    ("محمد", "حسن"),
    ("ሰላም", "ተስፋይ"),
    ("தமிழ்", "செல்வன்"),
    ("Ngọc Anh", "Nguyễn"),
    ("José", "Peña"),
    ("Siân", "O'Neill"),
    ("Björn", "Ångström"),
    ("Thi Mai", "Trần"),
    ("Goran", "Đorđević"),
    ("Aïcha", "Benoît-Dupré"),
]
WRITINGS = {  # the same person as another office writes it
    "capitals": lambda first, last: (first.lower(), last.upper()),
    "turned round": lambda first, last: (last, first),
    "all in one field": lambda first, last: ("", f"{first} {last}"),
    "a second first name": lambda first, last: (f"{first} Maria", last),
    "another apostrophe and hyphen": lambda first, last: (
        first.replace("'", "’").replace("-", " "),
        last.replace("'", "ʼ").replace("-", "\N{NON-BREAKING HYPHEN}"),
    ),
    "a narrow space": lambda first, last: (f" {first}\N{NARROW NO-BREAK SPACE}", last),
}
ALIKE = {  # another person
    "a brother or sister": lambda first, last, year: ("Noah", last, year + 2),
    "the same first name": lambda first, last, year: (first, "Zurbriggen", year),
    "of one name, born another year": lambda first, last, year: (first, last, year + 11),
    "mother and daughter": lambda first, last, year: ("Lea", last, year + 25),
}
BY_HAND = [  # one and another, with years, and whether it is one person
    (("Jürg", "Müller", 1970), ("Juerg", "Mueller", 1970), True),
    (("Zoë", "Lüthi", 1988), ("Zoe", "Luethi", 1988), True),
    (("Björn", "Ångström", 1979), ("Bjorn", "Angstrom", 1979), True),
    (("Goran", "Đorđević", 1966), ("Goran", "Dordevic", 1966), True),
    (("Goran", "Đorđević", 1966), ("Goran", "Djordjevic", 1966), True),
    (("Олена", "Шевчук", 1991), ("Olena", "Shevchuk", 1991), True),
    (("محمد", "حسن", 1983), ("Mohammed", "Hassan", 1983), True),
    (("Mohammed", "Hassan", 1983), ("Muhammad", "Hasan", 1983), True),
    (("Samira", "Wenger", 1994), ("Samira", "Wenger-Rossi", 1994), True),
    (("Samira", "Wenger", 1994), ("Samira", "Rossi", 1994), True),
    (("Samira", "Wenger", 1994), ("Samira", "Wenger", 1949), True),
    (("Samira", "Wenger", 1994), ("Samira", "Wenger", None), True),
    (("Johannes", "Meier", 1958), ("Hans", "Meier", 1958), True),
    (("Elisabeth", "Kunz", 1955), ("Elisabet", "Kunz", 1955), True),
    (("Anna", "Meier", 1980), ("Anna", "Meyer", 1980), True),
    (("Suharto", "", 1990), ("", "Suharto", 1990), True),
    (("Anna", "Müller", 1980), ("Anna", "Müller", 1980), False),
    (("Peter", "Meier", 1972), ("Peter", "Meier", 1972), False),
    (("Anna", "Müller", 1980), ("Anna", "Mäller", 1980), False),
    (("Thi Mai", "Trần", 1990), ("Thi Hoa", "Trần", 1990), False),
    (("Maria", "Rossi", 1970), ("Mario", "Rossi", 1970), False),
    (("Suharto", "", 1990), ("Ahmad", "Suharto", 1990), False),
    (("Samira", "Wenger", None), ("Samira", "Wenger", None), False),
    (("Ali", "Hassan", 1985), ("Hassan", "Ali", 1985), False),
]


def pairs():
    """All of them: one, another, whether they are one person, and of which kind the pair is."""
    for number, (first, last) in enumerate(PEOPLE):
        year = 1955 + number * 2
        for kind, write in WRITINGS.items():
            yield (first, last, year), (*write(first, last), year), True, kind
        for kind, other in ALIKE.items():
            yield (first, last, year), other(first, last, year), False, kind
    for one, other, is_one in BY_HAND:
        yield one, other, is_one, "by hand"


def main():
    found, missed, wrong, total = 0, [], [], 0
    for one, other, is_one, kind in pairs():
        total += 1
        is_noticed = bool(marks(*one, key=b"a key") & marks(*other, key=b"a key"))
        found += is_noticed and is_one
        if is_one and not is_noticed:
            missed.append((kind, one, other))
        if is_noticed and not is_one:
            wrong.append((kind, one, other))
    print(f"{total} pairs: precision {found / (found + len(wrong)):.3f}, recall {found / (found + len(missed)):.3f}")
    for title, rows in (("Missed", missed), ("Taken for one person", wrong)):
        for kind, one, other in rows:
            print(f"{title}: {one} ~ {other} ({kind})")


if __name__ == "__main__":
    main()
