"""`manage.py import_questions FILE`: the same checks as an upload in the browser."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.queries import actor_for_user, find_user_by_username
from core.actor import Actor, system_actor
from core.clock import now, today
from core.errors import DomainError
from core.http import message_of
from core.spreadsheets import FileTooLarge
from question_bank.actions import import_file
from question_bank.domain.importing.formats import PARSERS
from question_bank.domain.importing.report import report_json
from question_bank.models import Pool
from question_bank.queries import check_file
from registry.actions import load_reference_data
from registry.models import Authority
from registry.queries import all_authorities, authority_by_code

LIMIT_BYTES = 64 * 1024 * 1024


class Command(BaseCommand):
    help = "Imports questions from a file: all of them, or none when a row has errors (exit code 1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="path of the file")
        parser.add_argument("--format", choices=sorted(PARSERS), help="instead of telling by content and name")
        parser.add_argument(
            "--authority", help="code of the authority whose bank it is; the safety office when left out"
        )
        parser.add_argument("--pool", choices=Pool.values, default=Pool.EXAM)
        parser.add_argument("--as", dest="username", help="username of the author; the system when left out")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument("--json", action="store_true", help="print the report as one line of JSON")

    def handle(self, *args: object, **options: Any) -> None:
        path = Path(options["file"])
        try:
            report = self._report(path, options)
        except DomainError as refusal:
            report = _refused(refusal, options["format"] or path.suffix.removeprefix("."))
        self._print(report, as_json=options["json"], dry_run=options["dry_run"])
        if report["rejected"]:
            sys.exit(1)

    def _report(self, path: Path, options: dict[str, Any]) -> dict[str, Any]:
        content = _read(path)
        authority = _authority(options["authority"])
        if options["dry_run"]:
            return report_json(check_file(authority, path.name, content, format_name=options["format"]))
        if authority is None:
            load_reference_data(system_actor("question_bank.import"), now=now())
            authority = _authority(None)
        if authority is None:
            raise CommandError("没有监管部门，请先登记监管部门，或用 --authority 指定。")
        report, _questions = import_file(
            _author(options["username"]),
            authority,
            (path.name, content),
            pool=options["pool"],
            now=now(),
            format_name=options["format"],
        )
        return report_json(report)

    def _print(self, report: dict[str, Any], *, as_json: bool, dry_run: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        for problem in report["rejected"]:
            place = f"第 {problem['row']} 行 {problem['column']}：" if problem["row"] else ""
            self.stdout.write(f"{place}{problem['message']}")
        for near in report["duplicates"]:
            self.stdout.write(f"第 {near['row']} 行与 {near['of']} 相似（{near['similarity']:.0%}）")
        for text in report["unsupported"]:
            self.stdout.write(text)
        if report["rejected"]:
            self.stdout.write(f"有 {len(report['rejected'])} 处错误，未导入任何试题。")
        else:
            self.stdout.write(f"{'可以导入' if dry_run else '已导入'} {report['accepted']} 道试题。")


def _read(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > LIMIT_BYTES:
            raise FileTooLarge(limit_mb=LIMIT_BYTES // 1024 // 1024)
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"无法读取 {path}：{error.strerror}") from error


def _authority(code: str | None) -> Authority | None:
    if code:
        try:
            return authority_by_code(code)
        except DomainError as refusal:
            raise CommandError(f"没有代码为 {code} 的监管部门。") from refusal
    offices = all_authorities().filter(kind=Authority.Kind.OFFICE).order_by("code")
    return offices.first()


def _author(username: str | None) -> Actor:
    if not username:
        return system_actor("question_bank.import")
    user = find_user_by_username(username)
    if user is None:
        raise CommandError(f"没有用户 {username}。")
    return actor_for_user(user, today=today())


def _refused(refusal: DomainError, format_name: str) -> dict[str, Any]:
    problem = {"row": 0, "column": "", "code": refusal.code, "message": message_of(refusal)}
    return {"format": format_name, "accepted": 0, "rejected": [problem], "duplicates": [], "unsupported": []}
