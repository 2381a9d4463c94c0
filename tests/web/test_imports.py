"""Import: files are kept whole or not at all, mapped by hand, taken in, accounted for and given back annotated."""

from __future__ import annotations

import html
import io
import re
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from intake_files import CHOICE, INJECTIONS, MESSY, do_jobs, send, sent_in


def text_of(answer: Any) -> str:
    """The page as text, without the token of its forms."""
    return html.unescape(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode()))


def test_the_whole_way_of_a_messy_file(client_for: Any, offices: Any, home: Any) -> None:
    client = client_for("PO")
    answer = send(client, offices["north"])
    address = answer.headers["Location"]
    shown = text_of(client.get(address))
    assert "Vertrag Nr." in shown
    assert "Missing: buyer." in shown
    assert "Reinigung der Büros" in shown

    assert client.post(address, CHOICE | {"d_currency": ""}).status_code == 400
    assert client.post(address, CHOICE).status_code == 302
    waiting = text_of(client.get(address))
    assert 'hx-trigger="every 2s"' in waiting
    assert "Waiting for its turn" in waiting
    do_jobs()

    ledger = text_of(client.get(address))
    assert "read in part" in ledger
    assert "This is not a date of the calendar" in ledger
    assert "every 2s" not in ledger
    back = client.get(f"{address}/annotated/0")
    assert back.status_code == 200, text_of(client.get(address))
    content = b"".join(back.streaming_content).decode("utf-8-sig")
    assert back.headers["Content-Disposition"].startswith('attachment; filename="to-fix-')
    assert back.headers["X-Content-Type-Options"] == "nosniff"
    assert "V-4" in content
    assert ";=1+1" not in content
    assert "'=1+1" in content
    assert list(home.jobs.glob(".annotated-*")) == []


def test_the_map_of_an_office_is_used_again(client_for: Any, offices: Any) -> None:
    client = client_for("PO")
    sent_in(client, offices["north"])
    again = send(client, offices["north"], MESSY.replace(b"V-", b"W-")).headers["Location"]

    shown = text_of(client.get(again))
    assert "how your office read the last file with these headings" in shown
    assert shown.count("as last time") == 6
    assert "Missing" not in shown


def test_a_column_chosen_twice_is_said(client_for: Any, offices: Any) -> None:
    client = client_for("PO")
    address = send(client, offices["north"]).headers["Location"]
    answer = client.post(address, CHOICE | {"c0": "title"})
    assert answer.status_code == 400
    assert "Chosen twice: title." in text_of(answer)


def test_several_files_at_once(client_for: Any, offices: Any) -> None:
    client = client_for("PO")
    two = [SimpleUploadedFile(name, name.encode()) for name in ("a.csv", "b.csv")]
    answer = client.post("/import", {"structure": offices["north"].oid, "files": two, "whole": "yes"}, follow=True)
    assert "2 files were received." in text_of(answer)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.csv", b"<html><script>alert(1)</script></html>"),
        ("book.xlsx", b"MZ\x90\x00 a program"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n"),
        ("bomb.xlsx", b"PK\x03\x04 damaged"),
    ],
)
def test_a_file_of_a_wrong_type_is_refused_in_words(client_for: Any, offices: Any, name: str, content: bytes) -> None:
    client = client_for("PO")
    answer = client.get(send(client, offices["north"], content, name).headers["Location"])
    assert answer.status_code == 200
    assert "This file cannot be read." in text_of(answer)
    assert "Take in" not in text_of(answer)


def test_a_zip_bomb_is_refused_by_its_job(client_for: Any, offices: Any) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lines.csv", b"a;b\n" + b"0" * 60_000_000)
    client = client_for("PO")
    address = send(client, offices["north"], held.getvalue(), "many.zip").headers["Location"]
    client.get(address)
    client.post(address, {})
    do_jobs()
    assert "unpacks to more than is accepted" in text_of(client.get(address))


@pytest.mark.parametrize("name", ["../../secret.csv", "C:\\x\\договоры.csv", "a\u202egpj.csv"])
def test_names_of_files_lead_nowhere(client_for: Any, offices: Any, home: Any, name: str) -> None:
    send(client_for("PO"), offices["north"], name=name)
    (folder,) = home.uploads.iterdir()
    (kept,) = folder.iterdir()
    assert kept.name in ("secret.csv", "договоры.csv", "agpj.csv")


@pytest.mark.parametrize("more", [{"whole": ""}, {"whole": "ye"}])
def test_a_transfer_that_was_cut_off_leaves_nothing(client_for: Any, offices: Any, home: Any, more: Any) -> None:
    answer = send(client_for("PO"), offices["north"], **more)
    assert answer.status_code == 400
    assert "cut off" in text_of(answer)
    assert list(home.uploads.iterdir()) == []


def test_a_body_that_ends_in_the_middle_leaves_nothing(client_for: Any, offices: Any, home: Any) -> None:
    made = RequestFactory().post(
        "/import",
        {"structure": offices["north"].oid, "files": SimpleUploadedFile("a.csv", MESSY * 500), "whole": "yes"},
    )
    body, kind = made.body, made.headers["Content-Type"]
    client = client_for("PO")
    for part in (len(body) // 2, len(body) - 150, 300, 10):
        surroundings = {"wsgi.input": io.BytesIO(body[:part]), "CONTENT_LENGTH": str(len(body))}
        answer = client.generic("POST", "/import", b"", content_type=kind, **surroundings)
        assert answer.status_code == 400
        assert list(home.uploads.iterdir()) == []


def test_an_empty_file_is_refused(client_for: Any, offices: Any, home: Any) -> None:
    answer = send(client_for("PO"), offices["north"], b"")
    assert answer.status_code == 400
    assert list(home.uploads.iterdir()) == []


def test_300_megabytes_are_refused_by_their_header(client_for: Any) -> None:
    answer = client_for("PO").generic(
        "POST", "/import", b"", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(300 * 2**20)
    )
    assert answer.status_code == 413


def test_strangers_and_wrong_roles_leave_no_byte(client_for: Any, offices: Any, home: Any, monkeypatch: Any) -> None:
    from duecare.casebook import arriving

    begun = []
    monkeypatch.setattr(arriving.Arriving, "write", lambda self, chunk: begun.append(chunk))
    assert send(client_for(None), offices["north"]).status_code == 302
    assert send(client_for("RQ"), offices["north"]).status_code == 403
    assert begun == []


def test_a_form_without_its_token_is_refused(people: Any, offices: Any, home: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["PO"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert send(client, offices["north"]).status_code == 403
    assert list(home.uploads.iterdir()) == []
    page = client.get("/import").content.decode()
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    assert send(client, offices["north"], csrfmiddlewaretoken=token).status_code == 302


def test_another_offices_file_answers_like_a_missing_one(client_for: Any, offices: Any) -> None:
    address = sent_in(client_for("PO"), offices["north"])
    other = client_for("PO-south")
    missing = "/import/" + "a" * 26
    for tail in ("", "/annotated/0"):
        assert other.get(address + tail).status_code == 404
        assert text_of(other.get(address + tail)) == text_of(other.get(missing + tail)).replace(missing, address)
    for tail in ("/discard", "/rate", ""):
        assert other.post(address + tail, CHOICE).status_code == 404
    assert address not in other.get("/import").content.decode()
    assert send(other, offices["north"]).status_code == 400


def test_who_runs_the_installation_sees_no_file(client_for: Any, offices: Any) -> None:
    address = sent_in(client_for("PO"), offices["north"])
    admin = client_for("ADM")
    assert address not in admin.get("/import").content.decode()
    assert admin.get(address).status_code == 404
    assert admin.get(f"{address}/annotated/0").status_code == 403


def test_injected_texts_are_shown_and_do_nothing(client_for: Any, offices: Any) -> None:
    client = client_for("PO")
    headings = ";".join('"' + text.replace('"', '""') + '"' for text in INJECTIONS)
    cells = ";".join('"' + text.replace('"', '""') + '"' for text in INJECTIONS)
    address = send(client, offices["north"], f"{headings}\n{cells}\n".encode()).headers["Location"]
    page = client.get(address).content.decode()
    for raw in INJECTIONS[:3]:
        assert raw not in page
    assert "{{ 7*7 }}" in page
    assert html.escape("<script>alert(1)</script>") in page


def test_a_file_that_nothing_was_taken_from_can_be_deleted(client_for: Any, offices: Any, home: Any) -> None:
    client = client_for("PO")
    address = send(client, offices["north"]).headers["Location"]
    assert "was deleted" in text_of(client.post(f"{address}/discard", follow=True))
    assert list(home.uploads.iterdir()) == []
    address = sent_in(client, offices["north"])
    assert "It stays" in text_of(client.post(f"{address}/discard", follow=True))
