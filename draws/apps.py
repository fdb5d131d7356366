"""App configuration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DrawsConfig(AppConfig):
    name = "draws"

    def ready(self) -> None:
        from draws.models import guards

        post_migrate.connect(guards.install_guards_after_migrate, sender=self)
