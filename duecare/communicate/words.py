"""Plain words for the method's codes; a code without a word is an error, never shown as a guess."""

from __future__ import annotations

from duecare.communicate.i18n import msgid

BANDS = {
    "LOW": msgid("Low"),
    "MODERATE": msgid("Moderate"),
    "HIGH": msgid("High"),
    "VERY_HIGH": msgid("Very high"),
}
BAND_ORDER = ("LOW", "MODERATE", "HIGH", "VERY_HIGH")
FLAGGED = frozenset({"HIGH", "VERY_HIGH"})
CONFIDENCE = {
    "HIGH": msgid("high confidence"),
    "MEDIUM": msgid("medium confidence"),
    "LOW": msgid("low confidence"),
}
STAGES = {
    "RAW": msgid("Raw materials"),
    "PROC": msgid("Processing and parts"),
    "MANU": msgid("Final production"),
    "LOG": msgid("Transport and storage"),
    "SITE": msgid("Work on site"),
}
GROUPS = {
    "P": msgid("Product or service"),
    "X": msgid("Published lists for product and origin"),
    "G": msgid("Country setting"),
    "W": msgid("Situation of workers"),
    "B": msgid("Business model and chain"),
    "Q": msgid("Our own buying practice"),
}
DILIGENCE = {
    "BASIC": msgid("Basic care"),
    "STANDARD": msgid("Standard care"),
    "HEIGHTENED": msgid("Heightened care"),
    "INTENSIVE": msgid("Intensive care"),
}
ROUTES = {
    "DIRECT": msgid("directly, through our own contract"),
    "BUILD": msgid("by building leverage: clauses at the next change, longer commitment, a joint tender"),
    "COLLECTIVE": msgid("together with others: specification, sector initiative, joint buying"),
}
INVOLVEMENT = {
    "CAUSE": msgid("Our own practice may cause harm."),
    "CONTRIBUTE": msgid("Our own buying practice may make harm more likely."),
    "LINKED": msgid("We are linked to a possible harm through what we buy."),
}
PLACES = {
    "work": msgid("where the work is done"),
    "origin": msgid("declared origin"),
    "typical": msgid("typical origins, because the origin is not known"),
}
ROLES = {
    "": "",
    "PO": msgid("procurement officer"),
    "RQ": msgid("requesting unit"),
    "CM": msgid("contract manager"),
    "FP": msgid("anti-trafficking focal point"),
    "LG": msgid("legal adviser"),
    "FIN": msgid("finance"),
    "SM": msgid("senior management"),
    "DPO": msgid("data protection officer"),
    "IV": msgid("independent interviewer"),
    "IA": msgid("internal audit"),
}
FIELDS = {
    "": msgid("other"),
    "ocid": msgid("open contracting id"),
    "lot": msgid("lot"),
    "contract_id": msgid("contract id"),
    "structure": msgid("office"),
    "buyer": msgid("buyer"),
    "supplier_name": msgid("name of the supplier"),
    "supplier_id": msgid("register number of the supplier"),
    "supplier_country": msgid("country of the supplier"),
    "country": msgid("place of work or delivery"),
    "origin_country": msgid("country of origin"),
    "title": msgid("title"),
    "description": msgid("description"),
    "category": msgid("category"),
    "cpv": msgid("category code"),
    "unspsc": msgid("UNSPSC code"),
    "hs": msgid("customs code"),
    "quantity": msgid("quantity"),
    "unit": msgid("unit"),
    "unit_price": msgid("price per unit"),
    "amount": msgid("amount"),
    "currency": msgid("currency"),
    "award_date": msgid("award date"),
    "start_date": msgid("start date"),
    "end_date": msgid("end date"),
    "procedure": msgid("kind of procedure"),
    "tenderers": msgid("number of tenderers"),
    "price_weight": msgid("weight of the price in the award"),
    "subcontract_share": msgid("subcontracted share"),
    "bid_days": msgid("days to bid"),
    "payment_days": msgid("days to payment"),
    "country_basis": msgid("place of the work itself"),
    "phase": msgid("phase of the contract"),
    "workers": msgid("number of workers"),
    "workforce": msgid("situation of the workers"),
    "chain": msgid("chain of subcontractors"),
}
FILE_STATUS = {
    "accepted": msgid("read completely"),
    "rows_quarantined": msgid("read in part"),
    "file_refused": msgid("not read"),
}
GRADES = {
    "": "",
    "E0": msgid("nobody has looked"),
    "E1": msgid("says so itself"),
    "E2": msgid("documented"),
    "E3": msgid("independently checked"),
    "E4": msgid("confirmed by workers"),
}
OPTIONS = {
    "capacity": msgid("Capacity asked for"),
    "structure": msgid("Office chosen"),
    "as_of": msgid("As of"),
    "language": msgid("Language"),
}
METHOD = (
    msgid(
        "Each contract line is looked at stage by stage: raw materials, parts, final production, transport, work on site. Where goods are made and where work is done are rated apart."
    ),
    msgid(
        "At each stage six groups of factors get a level from 0 to 4: the product or service, published lists, the country, the situation of workers, the business model, and our own buying practice."
    ),
    msgid(
        "The strongest group weighs most, so that one low factor cannot hide a high one. A country alone never makes a line high, and never makes it low."
    ),
    msgid(
        "The highest stage gives the rating: low below 1.5, moderate below 2.5, high below 3.25, very high from there."
    ),
    msgid("Priority follows from how severe the harm to people can be, then how likely. Money plays no part in it."),
    msgid(
        "Every level is a range. The confidence is high when the range is narrow. With low confidence the line gets one step more care."
    ),
)
LIMITS = (
    msgid("It does not say that anybody is exploited, and a low rating does not say that nobody is."),
    msgid("The levels are ordered words, not measurements. They are no probability and must not be turned into one."),
    msgid(
        "A list that names a product and a country says that there is reason to look. A product that is on no list may be made in the same way."
    ),
    msgid("Lines are rated from what the files say. A wrong code or a missing origin leads to a wrong or wide rating."),
    msgid(
        "It must not be used to exclude a bidder or to end a contract. Such decisions need the law, the facts and a person."
    ),
    msgid("What workers say comes only through protected channels and never into this report."),
)
