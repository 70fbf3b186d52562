"""The door: who signs in goes to the room of their role."""

from typing import Any

from django.contrib.auth.views import LoginView
from django.urls import reverse


class SignIn(LoginView):
    """Django's own sign-in; afterwards everybody comes to the room of their role."""

    template_name = "sign_in.html"
    redirect_authenticated_user = False

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        wanted = super().get_redirect_url(*args, **kwargs)
        # The bare address is no wish for the review room: who has another room goes there.
        return "" if wanted == "/" else wanted

    def get_default_redirect_url(self) -> str:
        user = self.request.user
        if user.has_perm("audit.view_accessrecord") and not user.has_perm("alerts.view_alert"):
            return reverse("audit:log")
        if user.is_staff and not user.has_perm("alerts.view_alert"):
            return reverse("admin:index")
        return super().get_default_redirect_url()
