"""`granian benchmarks.bare.wsgi:application`; the table is made when it is missing."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare.settings"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
