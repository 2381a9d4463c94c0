"""Files as offices send them, and the job that takes one in done at once, for the tests of what comes in."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

MESSY = (
    "Rahmen;Vertrag Nr.;Wer kauft;Firma;Wofür;Summe;Am\n"
    "x;V-1;Office North;Reinigung GmbH;Reinigung der Büros;1.200,50;03.02.2026\n"
    "x;V-2;Office North;Textil SA;Uniformen;=1+1;04.02.2026\n"
    "x;V-3;Office North;Küche OG;Kantine;5.000,00;05.02.2026\n"
    "x;V-4;Office North;Bau doo;Umbau;7.000,00;31.02.2026\n"
).encode()
"""Headings that nobody would recognise, an amount that is a formula, and a day that no calendar has."""
CHOICE = {
    "c0": "",
    "c1": "contract_id",
    "c2": "buyer",
    "c3": "supplier_name",
    "c4": "title",
    "c5": "amount",
    "c6": "award_date",
    "d_currency": "EUR",
}
INJECTIONS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "';alert(1);//",
    "{{ 7*7 }}",
    "{% include '/etc/passwd' %}",
    "=HYPERLINK(\"http://evil\",\"x\")",
    "javascript:alert(1)",
    "\u202eexe.fdp",
    "../../../etc/passwd",
)  # fmt: skip


def send(client: Any, office: Any, content: bytes = MESSY, name: str = "messy.csv", **more: Any) -> Any:
    """Send one file in as the import form does."""
    form = {"structure": office.oid, "files": SimpleUploadedFile(name, content), "whole": "yes"} | more
    return client.post("/import", form)


def do_jobs() -> None:
    """Do the jobs that wait, in this process."""
    from django.conf import settings

    from duecare.casebook.models import Job
    from duecare.jobs.assignment import assign, read_assignment
    from duecare.jobs.tasks import TASKS
    from duecare.settings import Settings

    for job in Job.objects.filter(state="queued").order_by("at", "oid"):
        folder = assign(settings.DUECARE_HOME, job.oid, job.kind, job.parameters, Settings())
        result = TASKS[job.kind](read_assignment(folder), folder, lambda _said: None)
        Job.objects.filter(pk=job.pk).update(state="done", result=result, ended=job.at)


def sent_in(client: Any, office: Any, content: bytes = MESSY, **choice: str) -> str:
    """A file that was sent in, mapped and taken in; gives its address."""
    address = send(client, office, content).headers["Location"]
    answer = client.post(address, CHOICE | choice)
    assert answer.status_code == 302, answer.content.decode()
    do_jobs()
    return str(address)
