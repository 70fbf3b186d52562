"""What SAML's own views leave open: messages that are no XML, or forbidden XML, and log-outs that nobody signed."""

import binascii
import zlib

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.saml.views import FinishACSView, SLSView
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from lxml.etree import XMLSyntaxError
from onelogin.saml2.xmlparser import DTDForbidden, EntitiesForbidden

NO_XML = (XMLSyntaxError, DTDForbidden, EntitiesForbidden)


@method_decorator(login_not_required, name="dispatch")
class FinishSignOn(FinishACSView):
    def dispatch(self, request: HttpRequest, organization_slug: str) -> HttpResponse:
        try:
            return super().dispatch(request, organization_slug)
        except NO_XML:
            return render_authentication_error(request, self.get_provider(organization_slug))


@method_decorator(login_not_required, name="dispatch")
class SignOut(SLSView):
    """Single log-out. A signature that is there is checked, but python3-saml asks for one only if answers to sign-ins
    must be signed as a whole, too (`wantMessagesSigned`), which many providers do not do: their assertions are.
    Without this any page could end the sessions of whoever opens it.
    """

    def dispatch(self, request: HttpRequest, organization_slug: str) -> HttpResponse:
        if not request.GET.get("Signature"):
            raise PermissionDenied(gettext("Only the district can ask for this, and it must sign what it asks."))
        try:
            return super().dispatch(request, organization_slug)
        except (*NO_XML, binascii.Error, zlib.error, UnicodeDecodeError):
            raise PermissionDenied(gettext("What was sent here is no message of the district's sign-on.")) from None
