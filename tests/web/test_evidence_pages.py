"""Evidence files and official lists on their pages: found by content, saved and never shown, and others' are not there."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from intake_files import INJECTIONS

PDF = b"%PDF-1.7 harmless %%EOF"
SAID = {
    "title": "Visit",
    "issuer": "Inspectorate",
    "dated": "2026-09-01",
    "grade": "E3",
    "data_class": "BIZ",
    "valid_to": "",
}


def file_it(client: Any, office: Any, content: bytes = PDF, name: str = "a.pdf", **more: str) -> Any:
    sent = SimpleUploadedFile(name, content)
    return client.post("/files", SAID | {"structure": office.oid, "file": sent, "whole": "yes"} | more)


def test_a_file_comes_back_as_it_was_filed(client_for: Any, offices: Any) -> None:
    client = client_for("PO")
    address = file_it(client, offices["north"]).headers["Location"]
    shown = client.get(address).content.decode()
    back = client.get(f"{address}/content")

    assert "Inspectorate" in shown
    assert "independently checked" in shown
    assert b"".join(back.streaming_content) == PDF
    assert back.headers["Content-Type"] == "application/octet-stream"
    assert back.headers["X-Content-Type-Options"] == "nosniff"
    assert back.headers["Content-Disposition"] == f'attachment; filename="evidence-{address[7:15]}.pdf"'
    assert back.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"<html>", b"MZ\x90\x00", b"", b"%PDF- /JavaScript"])
def test_what_could_act_is_refused_and_leaves_nothing(client_for: Any, offices: Any, home: Any, content: bytes) -> None:
    answer = file_it(client_for("PO"), offices["north"], content, "report.pdf")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert list(home.files.iterdir()) == []


def test_a_class_is_open_to_its_roles_alone(client_for: Any, offices: Any) -> None:
    from duecare.casebook.models import AuditEntry

    address = file_it(client_for("FP"), offices["north"], data_class="CASE").headers["Location"]
    missing = "/files/" + "a" * 26
    for role in ("PO", "ADM", "PO-south"):
        client = client_for(role)
        for tail in ("", "/content"):
            assert client.get(address + tail).status_code == 404
            assert client.get(missing + tail).status_code == 404
        assert address not in client.get("/files").content.decode()
    before = AuditEntry.objects.filter(act="read.file.content").count()
    client_for("IV").get(f"{address}/content").close()
    assert AuditEntry.objects.filter(act="read.file.content").count() == before + 1


def test_who_may_not_file(client_for: Any, offices: Any) -> None:
    assert file_it(client_for("RQ"), offices["north"]).status_code == 400
    assert file_it(client_for("PO-south"), offices["north"]).status_code == 400
    assert file_it(client_for("PO"), offices["north"], data_class="CASE").status_code == 400
    assert file_it(client_for(None), offices["north"]).status_code == 302


def test_changed_bytes_are_not_given_out(client_for: Any, offices: Any, home: Any) -> None:
    client = client_for("PO")
    address = file_it(client, offices["north"]).headers["Location"]
    (kept,) = home.files.iterdir()
    kept.write_bytes(b"%PDF-1.7 forged %%EOF")
    answer = client.get(f"{address}/content")
    assert answer.status_code == 409
    assert "were changed on the disk" in answer.content.decode()


def test_injected_texts_are_shown_and_do_nothing(client_for: Any, offices: Any) -> None:
    client = client_for("PO")
    for text in INJECTIONS:
        address = file_it(client, offices["north"], title=text, issuer=text).headers["Location"]
        shown = client.get(address).content.decode()
        assert html.escape(text, quote=False).replace("'", "&#39;").replace('"', "&#34;") in shown
    every = client.get("/files").content.decode()
    assert "<script>alert" not in every
    assert "<img src=x" not in every


def test_a_wrong_day_is_said_at_its_field(client_for: Any, offices: Any) -> None:
    answer = file_it(client_for("PO"), offices["north"], dated="2026-13-01").content.decode()
    assert "This value is not understood." in answer
    later = file_it(client_for("PO"), offices["north"], dated="2999-01-01")
    assert later.status_code == 400


def test_the_lists_in_use_and_their_age(client_for: Any, offices: Any) -> None:
    client = client_for("RQ")
    shown = client.get("/evidence").content.decode()
    assert "Bureau of International Labor Affairs" in shown
    assert "counts as E2 now" in shown
    assert "Add a newer list" not in shown
    assert client.get("/evidence?format=csv").headers["Content-Disposition"].startswith("attachment")


def test_a_list_counts_for_all_so_an_office_alone_adds_none(client_for: Any, offices: Any, home: Any) -> None:
    sent = {"file": SimpleUploadedFile("list.csv", b"a,b\n"), "kind": "", "edition": "2026", "whole": "yes"}
    assert client_for("PO").post("/evidence", sent).status_code == 403
    assert list(home.uploads.iterdir()) == []


def test_who_works_for_all_adds_a_list(client_for: Any, people: Any, home: Any) -> None:
    from duecare.casebook.models import Job

    people["FP"].assignments.update(structure=None)
    sent = {"file": SimpleUploadedFile("list.csv", b"a,b\n"), "kind": "", "edition": "2026", "whole": "yes"}
    answer = client_for("FP").post("/evidence", sent)
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.oid}"
    assert (job.kind, job.structure) == ("evidence", None)
    assert "list.csv" not in client_for("FP").get("/import").content.decode()
