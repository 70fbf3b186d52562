"""What SAML's own view leaves open: an answer that is no XML, or forbidden XML, is refused in words and recorded."""

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.saml.views import FinishACSView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from lxml.etree import XMLSyntaxError
from onelogin.saml2.xmlparser import DTDForbidden, EntitiesForbidden


@method_decorator(login_not_required, name="dispatch")
class FinishSignOn(FinishACSView):
    def dispatch(self, request: HttpRequest, organization_slug: str) -> HttpResponse:
        try:
            return super().dispatch(request, organization_slug)
        except (XMLSyntaxError, DTDForbidden, EntitiesForbidden):
            return render_authentication_error(request, self.get_provider(organization_slug))
