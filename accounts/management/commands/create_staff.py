"""`manage.py create_staff`: the first two security administrators of a new installation. There is no default account."""

import getpass
import sys
from argparse import ArgumentParser
from dataclasses import replace

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.actions import UserDraft, checked_account, create_user, grant_role
from accounts.models import User
from accounts.queries import count_security_admins
from core import clock
from core.actor import SECURITY_ADMIN, system_actor
from core.errors import DomainError

# Two, because administrator roles need a second pair of eyes.
_FIRST = 2


class Command(BaseCommand):
    help = "Creates a security administrator on a new installation; refuses once there are two."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument("--name", required=True, help="the person's name")
        parser.add_argument("--phone", default="", help="receives sign-in codes")
        parser.add_argument("--email", default="")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    def handle(self, *args: object, **options: object) -> None:
        if count_security_admins(clock.today()) >= _FIRST:
            raise CommandError("refused: there are two security administrators; they give roles on the page 账号与角色")
        draft = UserDraft(
            username=str(options["username"]),
            display_name=str(options["name"]),
            phone=str(options["phone"]),
            email=str(options["email"]),
        )
        actor = system_actor("accounts.create_staff")
        try:
            account = checked_account(actor, draft, now=clock.now())
            draft = replace(draft, password=self._password(account, from_stdin=bool(options["password_stdin"])))
            with transaction.atomic():
                user = create_user(actor, draft, now=clock.now())
                grant_role(actor, user.public_id, SECURITY_ADMIN, now=clock.now())
        except DomainError as refusal:
            raise CommandError(f"{refusal.code}: {refusal}") from refusal
        self.stdout.write(
            f"{user.username} is a security administrator. A second factor is set up at the first sign-in."
        )

    def _password(self, user: User, *, from_stdin: bool) -> str:
        if not from_stdin and not sys.stdin.isatty():
            raise CommandError("there is no terminal to type a password into: pass it with --password-stdin")
        typed = sys.stdin.readline().rstrip("\n") if from_stdin else getpass.getpass("Password: ")
        try:
            validate_password(typed, user)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        if not from_stdin and getpass.getpass("Password again: ") != typed:
            raise CommandError("the passwords differ")
        return typed
