"""The invented firms and people. Numbers come from ranges reserved for fiction.

Sources: Bundesnetzagentur's numbers for media productions (030 23125, 040 66969,
0171 39200); the Dutch ones are unassigned.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CustomerSeed:
    """A customer: its first extension number, its names, its outside numbers."""

    name: str
    erp_number: str
    first: int
    people: tuple[str, ...]
    numbers: tuple[str, ...]
    max_extensions: int = 20
    mail: str = ""
    invited: tuple[str, str, str] | None = None  # name, address, extension
    admin_too: str = ""  # somebody of another customer who looks after this one, too


@dataclass(frozen=True, slots=True)
class ResellerSeed:
    """A reseller with its customers and its team."""

    slug: str
    name: str
    country: str
    timezone: str
    language: str
    team: tuple[tuple[str, str], ...]
    stock: tuple[str, ...]
    speakers: tuple[str, ...] = ()  # roles that chose the language; others: browser
    customers: tuple[CustomerSeed, ...] = field(default=())


NORDBEL = ResellerSeed(
    slug="nordbel",
    name="Nordbel",
    country="DE",
    timezone="Europe/Berlin",
    language="de",
    team=(
        ("owner", "Henning Quast"),
        ("technician", "Jule Tamsen"),
        ("billing", "Ole Brinkhoff"),
        ("reader", "Silke Harms"),
    ),
    stock=("+493023125700", "+493023125701", "+493023125702"),
    customers=(
        CustomerSeed(
            "Möbelhaus Altendorf",
            "K-20418",
            201,
            (
                "Empfang",
                "Mette Altendorf",
                "Jonas Feddersen",
                "Werkstatt",
                "Lager",
                "Ausstellung",
                "Buchhaltung",
                "Kundendienst",
            ),
            ("+493023125600", "+493023125601", "+493023125602"),
            mail="altendorf.example",
            invited=("Wiebke Lorenz", "wiebke.lorenz@altendorf.example", "208"),
        ),
        CustomerSeed(
            "Hofbäckerei Sönnichsen",
            "K-20145",
            201,
            ("Filiale Hafen", "Backstube", "Filiale Markt", "Büro"),
            ("+494066969100", "+494066969101"),
            5,
        ),
        CustomerSeed(
            "Kanzlei Wernigk & Partner",
            "K-20260",
            10,
            ("Sekretariat", "Dr. Wernigk", "Partner 2", "Notariat", "Besprechung"),
            ("+493023125400", "+493023125410"),
        ),
        CustomerSeed(
            "Reederei Tamsen",
            "K-20012",
            300,
            (
                "Zentrale",
                "Disposition",
                "Kapitänsbüro",
                "Hafenagentur",
                "Werft",
                "Lohn",
            ),
            ("+494066969500", "+494066969501"),
        ),
        CustomerSeed(
            "Tierklinik Fehnhusen",
            "K-20655",
            201,
            ("Anmeldung", "Notdienst", "Labor"),
            ("+493023125300",),
        ),
        CustomerSeed(
            "Weingut Rabenstieg",
            "K-20719",
            20,
            (),
            (),
            10,
            admin_too="admin@altendorf.example",
        ),
    ),
)

ZUIDLIJN = ResellerSeed(
    slug="zuidlijn",
    name="Zuidlijn",
    country="NL",
    timezone="Europe/Amsterdam",
    language="nl",
    team=(
        ("owner", "Sanne de Wit"),
        ("technician", "Bram Kuipers"),
        ("billing", "Femke Jansen"),
        ("reader", "Daan Vos"),
    ),
    stock=("+31850000190",),
    speakers=("owner", "technician"),
    customers=(
        CustomerSeed(
            "Bakkerij De Vries",
            "Z-1007",
            201,
            ("Winkel", "Bakkerij", "Kantoor", "Bezorging"),
            ("+31850000100", "+31850000101"),
            mail="devries.example",
        ),
        CustomerSeed(
            "Velmora Studios",
            "Z-1014",
            211,
            ("Receptie", "Nabewerking", "Mara Okonkwo", "Studio 1", "Studio 2"),
            ("+31850000140", "+31850000141"),
        ),
    ),
)

RESELLERS = (NORDBEL, ZUIDLIJN)

# Called numbers of the invented history: (E.164, weight).
DESTINATIONS = (
    ("+493023125900", 30),
    ("+494066969900", 24),
    ("+491713920042", 26),
    ("+31850000150", 8),
    ("+43720000100", 3),
    ("+41315110100", 2),
    ("+442079460100", 2),
)

# prefix; name; class; wholesale and retail price per minute in EUR; increments
PRICES = (
    ("+49", "Germany, fixed", "national", "0.0042", "0.0150", 1, 1),
    ("+4915", "Germany, mobile", "mobile", "0.0240", "0.0890", 60, 1),
    ("+4916", "Germany, mobile", "mobile", "0.0240", "0.0890", 60, 1),
    ("+4917", "Germany, mobile", "mobile", "0.0240", "0.0890", 60, 1),
    ("+31", "Netherlands, fixed", "europe", "0.0061", "0.0190", 1, 1),
    ("+316", "Netherlands, mobile", "mobile", "0.0270", "0.0990", 60, 1),
    ("+43", "Austria, fixed", "europe", "0.0090", "0.0290", 60, 60),
    ("+41", "Switzerland, fixed", "europe", "0.0310", "0.0300", 60, 60),
    ("+44", "United Kingdom, fixed", "europe", "0.0070", "0.0290", 60, 1),
)
