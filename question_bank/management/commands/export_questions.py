"""`manage.py export_questions --format F --output FILE`: the current versions, with their keys."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.actor import system_actor
from question_bank.actions import export_questions
from question_bank.domain.exporting import WRITERS
from question_bank.domain.kinds import KINDS
from question_bank.models import Pool, QuestionState
from question_bank.queries import questions_for

_FILTERS = {
    "authority": "authority__code",
    "pool": "pool",
    "state": "state",
    "kind": "current__kind",
    "knowledge_point": "current__knowledge_point__name",
    "industry": "current__industry__name",
    "law": "current__law_reference__contains",
}


class Command(BaseCommand):
    help = "Exports questions to a file; says what the format cannot carry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", required=True, choices=sorted(WRITERS))
        parser.add_argument("--output", required=True, help="path of the file to write")
        parser.add_argument("--authority", help="code of the authority whose bank it is")
        parser.add_argument("--pool", choices=Pool.values)
        parser.add_argument("--state", choices=QuestionState.values)
        parser.add_argument("--kind", choices=sorted(KINDS))
        parser.add_argument("--knowledge-point")
        parser.add_argument("--industry")
        parser.add_argument("--law", help="part of the law reference")

    def handle(self, *args: object, **options: Any) -> None:
        actor = system_actor("question_bank.export")
        wanted = {lookup: options[name] for name, lookup in _FILTERS.items() if options[name]}
        questions = questions_for(actor).filter(**wanted)
        exported = export_questions(actor, questions, options["format"])
        try:
            Path(options["output"]).write_bytes(exported.data)
        except OSError as error:
            raise CommandError(f"无法写入 {options['output']}：{error.strerror}") from error
        self.stdout.write(f"已导出 {exported.count} 道试题到 {options['output']}。")
        for loss in exported.losses:
            self.stdout.write(loss.text)
