"""Languages as notices write them: ISO 639-2 in three letters (eForms, codes of both kinds) and ISO 639-1 in two (TED).

Source: ISO 639-2 code list with its bibliographic (B) and terminological (T) codes, as Unicode CLDR 47 maps them; with the
withdrawn ``SCC`` and ``SCR``, which old notices use.
"""

from __future__ import annotations

from functools import lru_cache

from duecare.records.ocds.extensions import LANGUAGES

_THREE_LETTERS = """
AAR-aa ABK-ab AFR-af AKA-ak ALB-sq AMH-am ARA-ar ARG-an ARM-hy ASM-as AVA-av AVE-ae AYM-ay AZE-az BAK-ba BAM-bm BAQ-eu
BEL-be BEN-bn BIS-bi BOD-bo BOS-bs BRE-br BUL-bg BUR-my CAT-ca CES-cs CHA-ch CHE-ce CHI-zh CHU-cu CHV-cv COR-kw COS-co
CRE-cr CYM-cy CZE-cs DAN-da DEU-de DIV-dv DUT-nl DZO-dz ELL-el ENG-en EPO-eo EST-et EUS-eu EWE-ee FAO-fo FAS-fa FIJ-fj
FIN-fi FRA-fr FRE-fr FRY-fy FUL-ff GEO-ka GER-de GLA-gd GLE-ga GLG-gl GLV-gv GRE-el GRN-gn GUJ-gu HAT-ht HAU-ha HEB-he
HER-hz HIN-hi HMO-ho HRV-hr HUN-hu HYE-hy IBO-ig ICE-is IDO-io III-ii IKE-iu IKU-iu ILE-ie INA-ia IND-id IPK-ik ISL-is
ITA-it JAV-jv JPN-ja KAL-kl KAN-kn KAS-ks KAT-ka KAU-kr KAZ-kk KHM-km KIK-ki KIN-rw KIR-ky KOM-kv KON-kg KOR-ko KUA-kj
KUR-ku LAO-lo LAT-la LAV-lv LIM-li LIN-ln LIT-lt LTZ-lb LUB-lu LUG-lg MAC-mk MAH-mh MAL-ml MAO-mi MAR-mr MAY-ms MKD-mk
MLG-mg MLT-mt MON-mn MRI-mi MSA-ms MYA-my NAU-na NAV-nv NBL-nr NDE-nd NDO-ng NEP-ne NLD-nl NNO-nn NOB-nb NOR-no NYA-ny
OCI-oc OJI-oj ORI-or ORM-om OSS-os PAN-pa PER-fa PLI-pi POL-pl POR-pt PUS-ps QUE-qu ROH-rm RON-ro RUM-ro RUN-rn RUS-ru
SAG-sg SAN-sa SCC-sr SCR-hr SIN-si SLK-sk SLO-sk SLV-sl SME-se SMO-sm SNA-sn SND-sd SOM-so SOT-st SPA-es SQI-sq SRD-sc
SRP-sr SSW-ss SUN-su SWA-sw SWE-sv TAH-ty TAM-ta TAT-tt TEL-te TGK-tg THA-th TIB-bo TIR-ti TON-to TSN-tn TSO-ts TUK-tk
TUR-tr TWI-tw UIG-ug UKR-uk URD-ur UZB-uz VEN-ve VIE-vi VOL-vo WEL-cy WLN-wa WOL-wo XHO-xh YID-yi YOR-yo ZHA-za ZHO-zh
ZUL-zu
"""
_OF_THREE_LETTERS: dict[str, str] = dict(pair.split("-") for pair in _THREE_LETTERS.split())


@lru_cache(maxsize=4096)
def language_code(code: str) -> str:
    """ISO 639-1 in lower case of what eForms (``SLK``, also ``SLO``) or TED (``SK``) writes; "" for what is no language."""
    code = code.strip()
    if len(code) == 2:
        return code.lower() if code.lower() in LANGUAGES else ""
    return _OF_THREE_LETTERS.get(code.upper(), "")
