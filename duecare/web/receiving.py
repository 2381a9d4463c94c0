"""How a page receives files: streamed into the home, digested on the way, and gone again unless the page keeps them.

Nothing of a request is read before the check of the route, so that a stranger's bytes never reach the disk. A form of files
ends with the hidden field ``whole`` (macro ``coming.sent_whole``); without it the transfer was cut off and nothing counts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_protect

from duecare.casebook.arriving import Arriving
from duecare.communicate.i18n import msgid
from duecare.errors import FileRefused, WrongUsage

CUT_OFF = msgid("The transfer was cut off, so nothing was kept. Send it once more.")
TOO_LARGE = msgid("The file is larger than is accepted here. Split it, or ask your administrator.")
WHOLE = "whole"


class Received(UploadedFile):
    """One file of a form, settled in the home; ``arrived`` is what an act keeps."""

    def __init__(self, arrived: Arriving, name: str) -> None:
        super().__init__(None, name, None, arrived.bytes)
        self.arrived = arrived

    def close(self) -> None:
        """Forget it where no act has kept it."""
        self.arrived.drop()


class Receiver(FileUploadHandler):
    """Django's handler that writes into a folder of the home."""

    def __init__(self, request: HttpRequest, folder: Any, most: int) -> None:
        super().__init__(request)
        self.folder, self.most, self.all = folder, most, list[Arriving]()
        self.too_large = False

    def new_file(self, *given: Any, **more: Any) -> None:
        """Begin a file."""
        super().new_file(*given, **more)
        self.all.append(Arriving(self.folder, self.most))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - the library calls it so
        """Write a part of it."""
        try:
            self.all[-1].write(raw_data)
        except FileRefused:
            self.too_large = True
            raise StopUpload(connection_reset=False) from None

    def file_complete(self, file_size: int) -> Received:  # noqa: ARG002
        """The file came to its end."""
        return Received(self.all[-1].settle(), self.file_name or "")

    def forget(self) -> None:
        """Drop what nobody kept."""
        for arriving in self.all:
            arriving.drop()


def receiving_into(folder: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a page receive files into this folder of the home (``uploads`` or ``files``).

    The page finds them in ``request.FILES`` as ``Received``; what it does not keep is gone when it returns. It calls
    ``check(request)`` first, which raises ``WrongUsage`` for a transfer that was cut off or too large.
    """

    def wrapped(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        protected = csrf_protect(view)

        @wraps(view)
        def answer(request: HttpRequest, **given: Any) -> HttpResponse:
            if request.method != "POST":
                return protected(request, **given)
            receiver = Receiver(request, getattr(settings.DUECARE_HOME, folder), settings.DUECARE_DOOR.upload_bytes)
            request.upload_handlers = [receiver]
            request.receiver = receiver  # type: ignore[attr-defined]
            try:
                return protected(request, **given)
            finally:
                receiver.forget()

        answer.csrf_exempt = True  # type: ignore[attr-defined] # protected inside, once the receiver stands ready
        return answer

    return wrapped


def check(request: HttpRequest) -> None:
    """Raise ``WrongUsage`` unless the whole form came in."""
    try:
        whole = request.POST.get(WHOLE) == "yes"
    except (UnreadablePostError, MultiPartParserError) as error:
        raise WrongUsage(CUT_OFF) from error
    if request.receiver.too_large:  # type: ignore[attr-defined]
        raise WrongUsage(TOO_LARGE)
    if not whole:
        raise WrongUsage(CUT_OFF)


def received(request: HttpRequest, name: str) -> list[Received]:
    """The files of one field that have a name; a field that was left empty sends none."""
    return [one for one in request.FILES.getlist(name) if isinstance(one, Received)]
