"""Words of plans: objectives, states, key figures and training modules (METHOD 7.3, 7.4, 7.6)."""

from __future__ import annotations

from duecare.communicate.i18n import msgid

OBJECTIVES = {
    "OBJ1": msgid("Policy and leadership"),
    "OBJ2": msgid("Screening and mapping"),
    "OBJ3": msgid("Tenders with high risk"),
    "OBJ4": msgid("Monitoring of running contracts"),
    "OBJ5": msgid("Talks with suppliers"),
    "OBJ6": msgid("Skills and time of our people"),
    "OBJ7": msgid("Remedy and referral"),
    "OBJ8": msgid("Cooperation and reporting"),
}
STATES = {
    "planned": msgid("planned"),
    "running": msgid("running"),
    "done": msgid("done"),
    "late": msgid("late"),
    "dropped": msgid("dropped"),
}
KPIS = {
    "K01": msgid("Screened spend"),
    "K02": msgid("Contracts rated high or very high"),
    "K03": msgid("Offices with an approved plan"),
    "K04": msgid("Actions on time"),
    "K05": msgid("Workshops held, people reached by role"),
    "K06": msgid("Talks with suppliers planned and held"),
    "K07": msgid("High-risk tenders with social criteria"),
    "K08": msgid("High-risk contracts with the full set of clauses"),
    "K09": msgid("Clauses that became practice"),
    "K10": msgid("How far the chain of high-risk goods is known"),
    "K11": msgid("Service contracts priced at fair cost"),
    "K12": msgid("Very low offers examined by the book"),
    "K13": msgid("Worker-months of pay that were checked"),
    "K14": msgid("Unpaid wages found and repaid"),
    "K15": msgid("Interviews held of those planned"),
    "K16": msgid("Workers who know the grievance channel"),
    "K17": msgid("Red flags by grade, and days until something was done"),
    "K18": msgid("Remedies that workers accepted"),
    "K19": msgid("Signs of retaliation"),
    "K20": msgid("People trained, by role"),
    "K21": msgid("Suppliers trained"),
    "K22": msgid("Our own buying practice on high-risk contracts"),
    "K23": msgid("Invoices paid on time"),
    "K24": msgid("Overrides up and down, and agreement of offices"),
    "K25": msgid("Share of strong evidence"),
    "K26": msgid("Share of what is not known"),
    "K27": msgid("Exits with a plan"),
    "K28": msgid("Survivors' advice answered and taken up"),
    "K29": msgid("Joint procurements and shared monitoring"),
    "K30": msgid("Published figures"),
}
NOT_LESS_IS_BETTER = frozenset({"K02", "K14", "K17"})
"""Figures that grow where one looks more closely (METHOD 7.4): shown without praise or blame."""
MODULES = {
    "TR1": msgid("Basics of trafficking and forced labour"),
    "TR2": msgid("Commitments and rules"),
    "TR3": msgid("Risk screening and mapping"),
    "TR4": msgid("Needs, market talks, our own buying practices"),
    "TR5": msgid("Tender design and evaluation"),
    "TR6": msgid("Cost structure and fair pay"),
    "TR7": msgid("Contract management, payroll and site checks"),
    "TR8": msgid("Speaking with workers, safety first"),
    "TR9": msgid("Remedy and responsible exit"),
    "TR10": msgid("Leadership briefing"),
    "TR11": msgid("Course for suppliers"),
    "TR12": msgid("Data protection for labour monitoring"),
}
TALKS = {
    "meeting": msgid("Meeting"),
    "workshop": msgid("Workshop"),
    "letter": msgid("Letter"),
    "visit": msgid("Visit"),
    "call": msgid("Call"),
}
QUALITY = {
    "covered": msgid("Every line rated very high is covered"),
    "owned": msgid("Every action has an owner and a day"),
    "budget": msgid("Every action has money or hours"),
    "workers": msgid("A measure that reaches workers themselves"),
    "practice": msgid("A change of our own buying practice"),
    "remedy": msgid("A way to remedy"),
    "evidence": msgid("For every action: what will show that it was done"),
}
