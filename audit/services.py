"""The one door into the access log."""

import ipaddress
import os
import socket
import sys
from dataclasses import dataclass
from typing import Any, Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from audit.context import context_of
from audit.encoding import content_of_record
from audit.inserting import insert
from audit.keys import code_key
from audit.models import AccessRecord
from audit.verifier import code_of
from lockport.held import roles_of
from lockport.saying import in_storage_language, name_of

Kind = AccessRecord.ActorKind


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and from where: a signed-in person, a worker, or the command line."""

    kind: str
    name: str
    id: int | None = None
    role: str = ""
    address: str | None = None
    user_agent: str = ""
    request_id: str = ""

    @classmethod
    def from_request(cls, request: HttpRequest) -> Self:
        """The person behind a request, or "somebody not signed in"."""
        where = {
            "address": request.META.get("REMOTE_ADDR") or None,
            "user_agent": request.META.get("HTTP_USER_AGENT", "")[:300],
            "request_id": getattr(request, "request_id", ""),
        }
        user = request.user
        if not user.is_authenticated:
            return cls(kind=Kind.STRANGER, name="Somebody not signed in", **where)
        return cls.from_person(user, **where)

    @classmethod
    def from_person(cls, user: AbstractUser, **where: Any) -> Self:
        name, roles = name_of(user), ", ".join(roles_of(user.pk))
        return cls(kind=Kind.PERSON, name=name, id=user.pk, role=roles, **where)

    @classmethod
    def worker(cls) -> Self:
        return cls(kind=Kind.WORKER, name=f"worker on {socket.gethostname()}")

    @classmethod
    def command(cls) -> Self:
        """The person at the command line, by the operating system's name for them."""
        account = os.environ.get("SUDO_USER") or os.environ.get("USER") or f"uid {os.getuid()}"
        command = sys.argv[1] if len(sys.argv) > 1 else ""
        return cls(kind=Kind.COMMAND, name=f"{account} on {socket.gethostname()}", role=f"manage.py {command}".strip())


def record_access(
    *,
    actor: Actor,
    action: str,
    subject: models.Model | str,
    reason: object = "",
    result: str = AccessRecord.Result.DONE,
) -> AccessRecord:
    """Write down one act before its data is shown or its change is made; return the record.

    `action` is a verb in the past tense ("looked at", "decided"); `subject` is the row acted on, or words for it;
    `reason` words, or what says them in the log's language (a refusal, a lazy text).
    Raises ValueError for an incomplete record, and DatabaseError or KeyProblem when it cannot be written: then show
    nothing. Outside a transaction the record is on the disk when this returns; inside one, when that is committed.
    """
    if not action or not subject or not actor.name:
        raise ValueError("An access record needs an actor, an action and a subject.")
    with in_storage_language():  # the log has one language, whoever acts
        kind, number, words = _describe(subject)
        context, why = context_of(actor.id, subject), str(reason)
    record = AccessRecord(
        at=timezone.now(),
        actor_kind=str(actor.kind),
        actor_id=actor.id,
        actor_name=_plain(actor.name, 200),
        role=_plain(actor.role, 200),
        action=_plain(action, 60),
        subject_kind=kind,
        subject_id=number,
        subject=_plain(words, 300),
        reason=_plain(why, 500),
        result=str(result),
        address=_address(actor.address),
        user_agent=_plain(actor.user_agent, 300),
        request_id=_plain(actor.request_id, 36),
        school=_plain(context.school, 120),
        about=_plain(context.about, 40),
        grant=_plain(context.grant, 300),
    )
    record.mac = code_of(code_key(), content_of_record(record))
    return insert(record)


def _plain(text: str, longest: int) -> str:
    """Text that every database takes and gives back as it was: without NUL and without halves of characters."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")[:longest]


def _address(text: str | None) -> str | None:
    """An address in its one form, so that the record says the same before and after the database."""
    if not text:
        return None
    address = ipaddress.ip_address(text)
    return str(getattr(address, "ipv4_mapped", None) or address)


def _describe(subject: models.Model | str) -> tuple[str, str, str]:
    """Kind, number and words. A row that must be forgotten one day says itself, as `logged_as`, what may stay."""
    if isinstance(subject, str):
        return "", "", subject
    return str(subject._meta.model_name), str(subject.pk), getattr(subject, "logged_as", str(subject))
