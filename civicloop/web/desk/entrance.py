"""The entrance: log in, log out, choose a language. Each is kept in the ledger, attempts that failed as well."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth import logout as end_session
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from civicloop.kernel.refusal import Invalid
from civicloop.ledger.actions import HOUSE, record
from civicloop.organisation.actions import change_person
from civicloop.organisation.models import Person
from civicloop.web import look as looks
from civicloop.web.desk.back import own_address
from civicloop.web.language import CODES, remember


class LoginForm(AuthenticationForm):
    """User name and password, in the words of the house."""

    error_messages = {
        "invalid_login": _("User name and password do not fit together. Both are case-sensitive."),
        "inactive": _("This account has been closed. The security administrator can open it again."),
    }


class Login(LoginView):
    """The log-in page. Who is inside already goes straight to the inbox."""

    template_name = "desk/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        person = form.get_user()
        response = super().form_valid(form)
        _keep(person.uid, "login", self.request)
        if person.language:
            remember(response, person.language)
        if (look := looks.kept(person)) is not None:
            looks.remember(response, look)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        if not getattr(self.request, "axes_locked_out", False):
            _keep_failure(form.data.get("username", ""), "login.failed", self.request)
        response = super().form_invalid(form)
        response.status_code = 422
        return response


def require_present_password(request: HttpRequest, typed: str) -> None:
    """Raise Invalid unless this is the password of who is logged in. Wrong ones count as they do at the log-in: an unwatched
    screen is no place to guess.
    """
    if authenticate(request, username=request.user.get_username(), password=typed) is None:
        if not getattr(request, "axes_locked_out", False):
            _keep_failure(request.user.get_username(), "login.failed", request)
        raise Invalid("present", "password_not_the_present")


def locked_out(request: HttpRequest, original: Any = None, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """Too many wrong passwords: a page that says how long to wait (called by django-axes)."""
    name = (credentials or {}).get("username") or request.POST.get("username", "")
    _keep_failure(name, "login.locked", request)
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    shown = {"form": LoginForm(request, initial={"username": name}), "locked_minutes": minutes}
    return render(request, "desk/login.html", shown, status=429)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        _keep(request.user.uid, "logout", request)
        end_session(request)
    return redirect("desk:login")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Go on in another language, on the page one was on."""
    response = HttpResponseRedirect(own_address(request, request.POST.get("next", "")) or "/")
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in CODES and chosen != request.user.language:
        change_person(person=request.user, changes={"language": chosen}, by=request.user, at=timezone.now())
    remember(response, chosen)
    return response


def _keep(uid: UUID, verb: str, request: HttpRequest) -> None:
    record("person", uid, verb, by=uid, at=timezone.now(), data={"from": request.META.get("REMOTE_ADDR", "")})


def _keep_failure(name: str, verb: str, request: HttpRequest) -> None:
    """Under the person if any. A name nobody has is not written down: often it is a password in the wrong box."""
    person = Person.objects.filter(username=name[:60].replace("\x00", "")).first()
    kind, uid = ("person", person.uid) if person else ("house", HOUSE)
    record(kind, uid, verb, by=None, at=timezone.now(), data={"from": request.META.get("REMOTE_ADDR", "")})
