"""The WSGI application that every web server starts. Importing it makes the process ready to answer."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.settings")
application = get_wsgi_application()

from civicloop.web.warming import warm  # noqa: E402  (needs Django to be set up)

warm()
