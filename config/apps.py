"""The top of the house: wiring, home pages, the demo."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Config"
