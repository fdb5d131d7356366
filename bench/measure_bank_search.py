"""Search in a bank of 100,000 questions, against the bare statement; a blueprint over it, and papers drawn from that."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256

from django.db import connection
from django.test import RequestFactory

from bench.registry import Figure, measurement, median_seconds
from core.actor import TRAINER, Actor, Grant
from exams.domain.papers import choose_items
from question_bank.actions.writing import words_of
from question_bank.domain.blueprint import Assembly, BankIndex, Blueprint, Cell, assemble, index_bank
from question_bank.forms import QuestionFilter
from question_bank.models import KnowledgePoint, Question, QuestionText, QuestionVersion
from question_bank.queries import bank_items, questions_for
from question_bank.views.lists import listed_page
from registry.models import Area, Authority

BANK = 100_000
PAPERS = 10_000
BATCH = 2_000
ALLOWED_SECONDS = 0.05
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ON = date(2026, 11, 23)
KINDS = ("single_choice", "multiple_choice", "true_false")
# The words that trainers search for are in many questions, as in life.
WORDS = "安全生产 有限空间 动火作业 主要负责人 应急预案 粉尘涉爆 消防设施 特种作业 隐患排查 职业健康 教育培训 高处作业 危险化学品 监督检查 法律责任".split()
SEARCHES = {
    "two characters, in a fifth": "消防",
    "two characters, in none": "量子",
    "four characters, in a fifth": "有限空间",
    "two words": "动火 应急",
    "a rare run": "号题目说",
    "nothing": "量子纠缠",
}


def _stem(number: int) -> str:
    digest = sha256(str(number).encode()).digest()
    words = [WORDS[digest[place] % len(WORDS)] for place in range(3)]
    rest = "".join(chr(0x4E00 + (digest[i] * 256 + digest[i + 1]) % 3000) for i in range(6, 30, 2))
    return f"第{number}号题目关于{words[0]}和{words[1]}{rest}的{words[2]}要求是"


@measurement("bank search")
def measure_search() -> Iterator[Figure]:
    """The list as its page asks for it: how many (up to a thousand), and the first twenty with all that is shown."""
    authority = _bank()
    actor = Actor(None, None, "bench", grants=(Grant(TRAINER, authority_id=authority.pk),))
    for name, text in SEARCHES.items():
        bare = median_seconds(lambda text=text: _bare(text), repeats=5)
        ours = median_seconds(lambda text=text: _search(actor, f"text={text}"), repeats=5)
        yield Figure(f"search {BANK:,}: {name}", ours * 1000, "ms", f"bare SQL ({bare * 1000:.1f} ms)", bare * 1000)
    for name, query in (("state and kind", "state=approved&kind=true_false"), ("law article", "law=第三条")):
        ours = median_seconds(lambda query=query: _search(actor, query), repeats=5)
        yield Figure(f"filter {BANK:,}: {name}", ours * 1000, "ms", "allowed 50 ms", ALLOWED_SECONDS * 1000)
    yield from _blueprints(authority)


def _search(actor: Actor, query: str) -> list[Question]:
    whole = questions_for(actor)
    request = RequestFactory().get(f"/?{query}")
    page, _is_more = listed_page(request, QuestionFilter(request.GET, queryset=whole).qs, whole=whole)
    return list(page)


def _bare(text: str) -> int:
    """What the database needs when somebody writes the statement by hand and reads the whole text."""
    words = text.split()
    where = " AND ".join("text LIKE %s" for _word in words)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM question_bank_questiontext WHERE {where}",  # noqa: S608 - placeholders alone
            [f"%{word}%" for word in words],
        )
        [count] = cursor.fetchone()
    return int(count)


def _blueprints(authority: Authority) -> Iterator[Figure]:
    load = median_seconds(lambda: index_bank(bank_items(authority, on=ON)), repeats=1, warm_up=0)
    yield Figure(f"load {BANK:,} questions for blueprints", load, "s")
    items = bank_items(authority, on=ON)
    # As after some rounds: what people missed, not what authors thought.
    measured = [replace(item, measured=Decimal(int(item.ref.sha256[:4], 16) % 8000 + 1000) / 10000) for item in items]
    for name, bank in (("authored", index_bank(items)), ("measured", index_bank(measured))):
        build = median_seconds(lambda bank=bank: _assemble(bank), repeats=7)
        yield Figure(
            f"100 items over {BANK:,}, {name} difficulty, balanced to 2 %", build * 1000, "ms", "allowed 50 ms", 50
        )
    snapshot = _assemble(bank).snapshot
    drawn = {frozenset(ref.item for _cell, ref in choose_items(f"{n:064x}", snapshot)) for n in range(200)}
    seconds = median_seconds(lambda: [choose_items(f"{n:064x}", snapshot) for n in range(PAPERS)], repeats=1, warm_up=0)
    yield Figure(
        f"{PAPERS:,} papers of 100 items ({len(drawn)} of 200 looked at differ)", seconds, "s", "allowed 60 s", 60
    )


def _assemble(bank: BankIndex) -> Assembly:
    cells = [Cell(str(place), "题组", kind, 25, Decimal(1)) for place, kind in enumerate(KINDS, start=1)]
    cells.append(Cell("4", "题组", "single_choice", 25, Decimal(1), (WORDS[3], WORDS[6])))
    return assemble(Blueprint("x", tuple(cells), Decimal("0.02")), bank)


def _bank() -> Authority:
    area = Area.objects.create(code="430602", name="区", path="430602", valid_from=date(2000, 1, 1))
    authority = Authority.objects.create(code="bench", name="局", kind=Authority.Kind.DEPARTMENT, area=area)
    points = KnowledgePoint.objects.bulk_create(KnowledgePoint(name=word) for word in WORDS)
    for start in range(0, BANK, BATCH):
        _add(authority, points, range(start, start + BATCH))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return authority


def _add(authority: Authority, points: list[KnowledgePoint], numbers: range) -> None:
    questions = Question.objects.bulk_create(
        Question(authority=authority, state="approved" if n % 5 else "draft", created_at=NOW, updated_at=NOW)
        for n in numbers
    )
    versions = QuestionVersion.objects.bulk_create(
        _version(question, points, number) for question, number in zip(questions, numbers, strict=True)
    )
    for question, version in zip(questions, versions, strict=True):
        question.current = version
    Question.objects.bulk_update(questions, ["current"], batch_size=500)
    QuestionText.objects.bulk_create(
        QuestionText(question=version.question, text=words_of(version)) for version in versions
    )


def _version(question: Question, points: list[KnowledgePoint], number: int) -> QuestionVersion:
    stem = _stem(number)
    options = [{"id": name, "text": f"选项{name}{number}按照规定执行并记录在案"} for name in "abcd"]
    return QuestionVersion(
        question=question,
        number=1,
        kind=KINDS[number % 3],
        stem=stem,
        content={
            "kind": KINDS[number % 3],
            "stem": stem,
            "options": options,
            "key": ["a"],
            "explanation": "依据法律。" * 12,
        },
        content_sha256=sha256(stem.encode()).hexdigest(),
        normal_text="|".join(["kind", stem, *(option["text"] for option in options)]),
        knowledge_point=points[number % len(points)],
        difficulty=Decimal(("0.30", "0.50", "0.70")[number % 7 % 3]),
        law_reference=f"《中华人民共和国安全生产法》第{'一二三四五六七八九'[number % 9]}条",
        created_at=NOW,
    )
