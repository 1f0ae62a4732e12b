from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TextintakeConfig(AppConfig):
    name = "civicloop.textintake"
    label = "textintake"
    verbose_name = _("text intake")
