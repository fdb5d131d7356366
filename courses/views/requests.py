"""The request as our pages get it."""

from django.http import HttpRequest

from core.actor import Actor


class ActorRequest(HttpRequest):
    """After accounts.middleware: every request has its actor. For annotations only."""

    actor: Actor
