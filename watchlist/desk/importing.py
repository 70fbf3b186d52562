"""The page of an import: choose the files, read what would happen, tick, propose."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.desk import signed_in
from audit.services import Actor, record_access
from watchlist.fields import SeveralFilesInput
from watchlist.importing.files import ImportProblem, Upload, read_photographs, read_signature
from watchlist.importing.plan import Plan, carry_out, plan_import
from watchlist.importing.rows import KNOWN, MOST_ROWS, NEEDED
from watchlist.models import Category

if TYPE_CHECKING:
    from watchlist.desk.entries import EntryAdmin

PICTURES = (".jpg", ".jpeg", ".png", ".webp")  # of a whole folder nothing else is looked at
OTHER_FILES = _("These are not the files that were checked. Check them again, then propose.")


class FilesField(forms.FileField):
    """Several files as they are; cleans to pairs of name and content."""

    widget = SeveralFilesInput(attrs={"multiple": True})

    def clean(self, data: Any, initial: Any = None) -> list[tuple[str, bytes]]:
        return [(str(file.name), file.read()) for file in (data or []) if file]


class ImportForm(forms.Form):
    list_name = forms.CharField(
        max_length=80,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        label=_("List name"),
        help_text=_("Whose list it is, always in the same words: by them a later list is compared with this one."),
    )
    content = forms.FileField(
        label=_("List"),
        help_text=format_lazy(_("A CSV file in UTF-8 with a header, at most {most} rows."), most=MOST_ROWS),
    )
    photographs = FilesField(
        required=False,
        label=_("Photographs"),
        help_text=_("The photographs that the list names, as pictures or as one .zip of at most 20 MB."),
    )
    folder = FilesField(
        required=False,
        label=_("Or a folder"),
        widget=SeveralFilesInput(attrs={"multiple": True, "webkitdirectory": True}),
        help_text=_("Everything in it, at most 80 MB. Only the photographs that the list names are used."),
    )
    signature = forms.FileField(
        required=False,
        label=_("Signature"),
        help_text=_("Of a signed list: the Ed25519 signature of the CSV file."),
    )

    def upload(self) -> Upload:
        """Raises ImportProblem."""
        values = self.cleaned_data
        signature = read_signature(values["signature"].read()) if values["signature"] else b""
        pictures = [(name, content) for name, content in values["folder"] if name.lower().endswith(PICTURES)]
        photographs = read_photographs([*values["photographs"], *pictures])
        return Upload(values["list_name"].strip(), values["content"].read(), photographs, signature)


def import_page(desk: "EntryAdmin", request: HttpRequest) -> HttpResponse:
    """Show what a list would do; propose its ticked rows when exactly the files that were checked come again."""
    if not desk.has_add_permission(request):
        raise PermissionDenied
    form = ImportForm(request.POST or None, request.FILES or None)
    plan, problem = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            plan = plan_import(form.upload(), signed_in(request))
            _record(request, plan)
            if "propose" in request.POST:
                if request.POST.get("checked") == plan.digest:
                    return _proposed(desk, request, plan)
                problem = str(OTHER_FILES)
        except ImportProblem as found:
            problem = str(found)
    context = {**desk.admin_site.each_context(request), "opts": desk.opts, "title": gettext("Import a list")}
    context |= {"form": form, "plan": plan, "problem": problem, "needed": NEEDED, "known": KNOWN[len(NEEDED) :]}
    usable = Category.objects.visible_to(request.user).filter(enabled=True)
    context["slugs"] = ", ".join(usable.values_list("slug", flat=True))
    part = "_plan" if request.headers.get("X-Part") == "plan" else "import"
    return render(request, f"admin/watchlist/entry/{part}.html", context)


def _record(request: HttpRequest, plan: Plan) -> None:
    signed = "signed" if plan.signed else "not signed"
    reason = f"{len(plan.lines)} rows, {signed}, sha256 {plan.digest[:16]}"
    subject = f"import of the list {plan.list_name}"
    record_access(actor=Actor.from_request(request), action="checked", subject=subject, reason=reason)
    similar = [entry for line in plan.lines for entry in line.similar]
    for entry in {one.pk: one for one in [*plan.vanished, *similar]}.values():  # they are named on the page
        record_access(actor=Actor.from_request(request), action="looked at", subject=entry)


def _proposed(desk: "EntryAdmin", request: HttpRequest, plan: Plan) -> HttpResponse:
    vanished = {int(number) for number in request.POST.getlist("vanished") if number.isdecimal()}
    references = set(request.POST.getlist("rows"))
    actor = Actor.from_request(request)
    done = carry_out(plan, references=references, vanished=vanished, by=signed_in(request), actor=actor)
    for words in done.refused:
        messages.error(request, words)
    words = gettext(
        "Proposed: %(proposed)s; to be withdrawn: %(withdrawals)s. Another administrator must approve each proposal, "
        "and somebody must look at each withdrawal."
    )
    return desk.told(request, words % {"proposed": done.proposed, "withdrawals": done.withdrawals})
