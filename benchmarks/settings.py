"""The project's settings, with viewflow beside it in the same database."""

from guiju.site.settings import *  # noqa: F403

INSTALLED_APPS += ["benchmarks", "viewflow", "viewflow.workflow"]  # noqa: F405
DEBUG = False
