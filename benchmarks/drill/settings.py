"""The drill's site: production's settings, and an app that lets a process fall at a named point.

Production knows nothing of that app: `common.steer` reads no environment, nobody there listens, and the
package `benchmarks` is not installed with the project.
"""

from config import environ
from config.settings.production import *  # noqa: F403
from config.settings.production import DATA_DIR, INSTALLED_APPS, STORAGES, THREADS

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.drill.inside"]
PROCRASTINATE_IMPORT_PATHS = ["benchmarks.drill.inside.jobs"]
# Files as they lie in static/: no drill is about them.
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = None
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "config.static_files.Plain"}}
# Letters are kept to be looked at, and the finance desk is entered without an authenticator app.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "letters"
STAFF_NEED_SECOND_FACTOR = False
# So that little is much: a second officer has to approve it.
REFUND_BY_ONE_VND = 20_000
# As if it had so many threads: then its seats for calls to gateways hold nobody back. For controls.
THREADS = environ.number("DRILL_THREADS", THREADS)
