"""Finding, merging and compiling translations."""

import gettext

import polib
import pytest

from scripts.catalogues import compile_all
from scripts.messages import Message, merge, messages_of_python, messages_of_template, problems


def catalogue(**translations: str) -> polib.POFile:
    file = polib.POFile()
    file.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    file.extend(polib.POEntry(msgid=text, msgstr=translation) for text, translation in translations.items())
    return file


def found(*texts: str) -> dict[tuple[str, str], Message]:
    return {("", text): Message(text, places={"room/views.py"}) for text in texts}


def test_messages_of_python_finds_each_way_of_marking():
    source = """
_("甲")
gettext_lazy("乙" "丙")
ngettext("%(n)d 家", "%(n)d 家单位", n)
pgettext("动词", "抽签")
""".encode()
    assert [(one.text, one.plural, one.context) for one in messages_of_python(source)] == [
        ("甲", "", ""),
        ("乙丙", "", ""),
        ("%(n)d 家", "%(n)d 家单位", ""),
        ("抽签", "", "动词"),
    ]


def test_messages_of_python_leaves_variables_and_plain_strings_alone():
    source = '_(name)\nngettext("甲", plural, n)\nx = "乙"\nother("丙")\n'.encode()
    assert list(messages_of_python(source)) == []


def test_messages_of_template_finds_tags_blocks_plurals_and_expressions():
    template = """{% load i18n %}
      <h1 title="{% translate "成绩公示" %}">{{ _("您好") }}</h1> 未标记的 "文字'
      {% translate '抽签' context '动词' %}
      {% blocktranslate count n=rows|length with a=b.c %}{{ n }} 家 {{ a }}{% plural %}{{ n }} 家{% endblocktranslate %}
      {% blocktranslate trimmed %}
        您的
        范围
      {% endblocktranslate %}"""
    assert [(one.text, one.plural, one.context) for one in messages_of_template(template)] == [
        ("成绩公示", "", ""),
        ("您好", "", ""),
        ("抽签", "", "动词"),
        ("%(n)s 家 %(a)s", "%(n)s 家", ""),
        ("您的 范围", "", ""),
    ]


def test_merge_keeps_translations_adds_new_and_retires_lost_messages():
    file = catalogue(旧="old", 留="stays")
    added = merge(file, found("留", "新"))
    assert added == 1
    assert [(entry.msgid, entry.msgstr, bool(entry.obsolete)) for entry in file] == [
        ("新", "", False),
        ("留", "stays", False),
        ("旧", "old", True),
    ]


def test_merge_twice_changes_nothing_the_second_time():
    file = catalogue()
    merge(file, found("一", "二"))
    once = str(file)
    assert merge(file, found("一", "二")) == 0
    assert str(file) == once


def test_problems_complete_catalogue_has_none():
    assert problems(catalogue(**{"%(n)s 家": "%(n)s enterprises"}), found("%(n)s 家")) == []


@pytest.mark.parametrize(
    ("translation", "complaint"),
    [
        ("", "room/views.py: no translation of '第 {line} 行'"),
        ("line", "room/views.py: placeholders of 'line' differ from '第 {line} 行'"),
        ("line {row}", "room/views.py: placeholders of 'line {row}' differ from '第 {line} 行'"),
    ],
)
def test_problems_names_file_and_message(translation: str, complaint: str):
    assert problems(catalogue(**{"第 {line} 行": translation}), found("第 {line} 行")) == [complaint]


def test_compile_all_writes_what_gettext_reads_and_only_once(tmp_path):
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue(甲="first").save(str(folder / "django.po"))
    assert compile_all(tmp_path) == [folder / "django.mo"]
    assert gettext.translation("django", tmp_path, ["en"]).gettext("甲") == "first"
    assert compile_all(tmp_path) == []
