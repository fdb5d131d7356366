"""The core app: finds every app's jobs, and keeps the append-only guards in the database."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

from core import append_only


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        autodiscover_modules("jobs")
        autodiscover_modules("receivers")
        post_migrate.connect(append_only.install_guards_after_migrate, sender=self)
