# ruff: noqa: SIM905  word lists read better as text than as four hundred quoted lines
"""Names for made-up people, companies and products. Every combination is invented; e-mail domains end in `.example`."""

GIVEN = tuple(
    """Ada Aroha Amelia Ben Bridget Callum Charlotte Claire Daniel Diego Eleanor Emma Ethan Fatima Fiona Finn Grace Hana
    Harriet Henry Ines Isla Jack James Jasper Julia Kahu Katherine Keira Kiri Liam Lucas Lucy Manaia Marcus Maria Mia Nadia
    Ngaire Nikau Noah Olivia Oscar Patrick Penelope Priya Quentin Rachel Rangi Rosa Ruby Samuel Sofia Stefan Tama Tessa
    Thomas Una Victor Wiremu Wren Yasmin Zachary Zoe""".split()
)
FAMILY = tuple(
    """Abbott Adler Anderson Ashby Baker Barlow Bennett Birch Blackwood Brandt Brennan Campbell Carver Chandler Clarke Coleman
    Cooper Crane Cullen Dalton Davies Dawson Delaney Douglas Drummond Duncan Eaton Elliott Ferris Finch Fletcher Forbes Foster
    Fraser Gallagher Garrett Gibson Grantham Greenwood Hale Harding Harper Hartley Hawkins Henare Hobbs Holloway Hunter Ingram
    Jarvis Kaur Keane Kereama Kingsley Lambert Larsen Lawson Lindgren Lockhart Lowell MacRae Marlow Marsh Mason Matthews
    Mercer Moana Monroe Morgan Nakamura Ngata Nolan Norton Novak O'Brien Osborne Palmer Parata Patel Pereira Petrov Porter
    Prescott Quinn Ramsey Rawiri Reeves Rhodes Rossi Rowe Sanders Schmidt Sharma Silva Sinclair Slater Sterling Sutton
    Tamihana Taylor Thorne Tipene Turner Underwood Vance Vaughn Wakefield Walsh Warren Watson Webb Whitaker Wilder Winter
    Woods Wright Yates Young Zimmer""".split()
)

# (as written, in letters an e-mail address can hold)
OTHER_ALPHABETS: tuple[tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]], ...] = (
    (
        "Greek",
        (("Ελένη", "eleni"), ("Γιώργος", "giorgos"), ("Μαρία", "maria"), ("Νίκος", "nikos")),
        (
            ("Παπαδοπούλου", "papadopoulou"),
            ("Νικολάου", "nikolaou"),
            ("Γεωργίου", "georgiou"),
            ("Οικονόμου", "oikonomou"),
        ),
    ),
    (
        "Cyrillic",
        (("Олена", "olena"), ("Иван", "ivan"), ("Мария", "mariya"), ("Димитър", "dimitar")),
        (
            ("Шевченко", "shevchenko"),
            ("Петрова", "petrova"),
            ("Коваленко", "kovalenko"),
            ("Димитров", "dimitrov"),
        ),
    ),
    (
        "Chinese",
        (("伟", "wei"), ("芳", "fang"), ("娜", "na"), ("秀英", "xiuying")),
        (("王", "wang"), ("李", "li"), ("张", "zhang"), ("欧阳", "ouyang")),
    ),
    (
        "Arabic",
        (("محمد", "mohammed"), ("ليلى", "layla"), ("يوسف", "yusuf"), ("نور", "nour")),
        (("الهاشمي", "alhashimi"), ("منصور", "mansour"), ("الخطيب", "alkhatib"), ("سالم", "salem")),
    ),
    (
        "accents",
        (
            ("Zoë", "zoe"),
            ("José", "jose"),
            ("Łukasz", "lukasz"),
            ("Māia", "maia"),
            ("Françoise", "francoise"),
        ),
        (
            ("Müller", "mueller"),
            ("Núñez", "nunez"),
            ("Ångström", "angstroem"),
            ("Ō'Connor", "oconnor"),
            ("Dvořák", "dvorak"),
        ),
    ),
)

COMPANY_FIRST = tuple(
    """Alpine Anchor Arrow Aurora Banksia Beacon Birchwood Bluegum Bright Canopy Cascade Cedar Clearwater Cobalt Copper Coral
    Crescent Eastgate Ember Fairway Fernleaf Fieldstone Foxglove Gannet Glacier Golden Granite Greenstone Harbour Hawthorn
    Highland Huia Indigo Ironbark Ivory Juniper Kauri Keystone Kingfisher Kowhai Lakeside Lantern Longreach Maple Meridian
    Milestone Moana Northwind Oakridge Orchard Pacific Peregrine Pinnacle Pohutukawa Quarry Redwood Ridgeline Rimu Riverbend
    Saltmarsh Sandstone Sequoia Silverfern Southern Sparrow Stonebridge Summit Sunrise Tasman Timberline Totara Trellis
    Tussock Valley Waratah Waterfront Westport Willow Windmill Wren""".split()
)
COMPANY_SECOND = tuple(
    """Accounting Aviation Bakery Brewing Builders Catering Ceramics Coffee Construction Consulting Dairy Dental Design
    Electrical Engineering Events Finance Fisheries Foods Forestry Freight Furniture Gardens Health Homes Joinery Labs
    Legal Logistics Marine Media Motors Nurseries Optics Outfitters Packaging Physio Plumbing Press Properties Roofing
    Software Solar Studio Surveying Systems Textiles Tours Trading Ventures Vineyards""".split()
)
LEGAL_FORMS: tuple[tuple[str, str], ...] = (
    ("Ltd", "Limited"),
    ("Pty Ltd", "Pty Limited"),
    ("Inc.", "Incorporated"),
    ("GmbH", "GmbH"),
    ("LLC", "L.L.C."),
    ("& Co", "and Company"),
)
"""Two spellings of the same legal form."""

GOODS_FIRST = tuple(
    """Adjustable Aluminium Bamboo Basic Brass Ceramic Classic Compact Copper Cotton Deluxe Digital Double Eco Economy
    Folding Galvanised Glass Heavy-duty Industrial Insulated Large Leather Linen Magnetic Oak Pine Portable Premium Recycled
    Rubber Slimline Small Solar Stainless Standard Titanium Wireless Wool Zinc""".split()
)
GOODS_SECOND = tuple(
    """anchor backpack basket bench blanket bolt bottle bracket brush bucket cable chair clamp cup desk drill fan filter
    flask frame gasket hammer heater hinge hose jug kettle ladder lamp lantern latch mat mirror mug nozzle panel plate pump
    rack rope sensor shelf socket spade stand stool switch table tap tarpaulin tile timer torch towel tray valve wrench""".split()
)
SERVICES = ("Consulting, hour", "Delivery", "Installation", "Annual support", "Training day", "Site survey")


def person(index: int) -> tuple[str, str]:
    """A given and a family name; different for every index (a second family name joins in after 7,000)."""
    given = GIVEN[index % len(GIVEN)]
    round_, family = divmod(index // len(GIVEN), len(FAMILY))
    names = [FAMILY[family]]
    while round_:
        round_, extra = divmod(round_ - 1, len(FAMILY))
        names.append(FAMILY[extra])
    return given, "-".join(names)


def company(index: int) -> str:
    """A company's name without its legal form; different for every index."""
    first = COMPANY_FIRST[index % len(COMPANY_FIRST)]
    round_, second = divmod(index // len(COMPANY_FIRST), len(COMPANY_SECOND))
    return f"{first} {COMPANY_SECOND[second]}" + (f" {round_ + 1}" if round_ else "")


def good(index: int) -> str:
    """A product's name; different for every index."""
    first = GOODS_FIRST[index % len(GOODS_FIRST)]
    round_, second = divmod(index // len(GOODS_FIRST), len(GOODS_SECOND))
    return f"{first} {GOODS_SECOND[second]}" + (f" no. {round_ + 1}" if round_ else "")


def address_part(text: str) -> str:
    """The text as it can stand in an e-mail address or a domain: ASCII letters, digits and single dots."""
    kept = "".join(
        character if character.isascii() and character.isalnum() else " " for character in text.lower()
    )
    return ".".join(kept.split())
