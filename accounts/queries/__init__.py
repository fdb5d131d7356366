"""Reads about accounts: the actor of a request, users, roles."""

from accounts.queries.actors import ANONYMOUS, actor_for_request, actor_for_user

__all__ = ["ANONYMOUS", "actor_for_request", "actor_for_user"]
