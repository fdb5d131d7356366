import pytest

from draws.domain.sources import (
    Fallback,
    Source,
    check_value,
    compare_entries,
    entropy_bits,
    parse_source,
    parse_sources,
    read_typed,
    write_sources,
)
from draws.errors import (
    DiceInvalid,
    DltInvalid,
    DrandInvalid,
    Fc3dInvalid,
    LocalInvalid,
    Pl5Invalid,
    SourceNotPlanned,
    SourcesCountWrong,
    SourcesDiffer,
    SourcesNotText,
    SourceUnknown,
    SsqInvalid,
)

CHAIN = "8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce"
GOOD = {
    "SSQ:2026023": "03.07.12.19.25.33+08",
    "DLT:26023": "02.11.17.28.35+04.09",
    "FC3D:2026060": "0.3.7",
    "PL5:26060": "1.0.9.9.4",
    "DICE:1": "6.3.4.5",
    f"DRAND:{CHAIN}:4321": "0f" * 32,
    "LOCAL:1": "a0" * 32,
}


@pytest.mark.parametrize(("name", "value"), GOOD.items())
def test_check_value_good_value_is_returned(name, value):
    source = parse_source(name)
    assert str(source) == name
    assert check_value(source, value, dice=4) == value


@pytest.mark.parametrize(
    ("name", "value", "refusal"),
    [
        ("SSQ:2026023", "03.07.12.19.25.34+08", SsqInvalid),  # 34 of 33
        ("SSQ:2026023", "00.07.12.19.25.33+08", SsqInvalid),
        ("SSQ:2026023", "03.03.12.19.25.33+08", SsqInvalid),  # twice
        ("SSQ:2026023", "07.03.12.19.25.33+08", SsqInvalid),  # not sorted
        ("SSQ:2026023", "03.07.12.19.25.33+17", SsqInvalid),
        ("SSQ:2026023", "03.07.12.19.25+08", SsqInvalid),
        ("SSQ:2026023", "03.07.12.19.25.33", SsqInvalid),
        ("SSQ:2026023", "3.07.12.19.25.33+08", SsqInvalid),
        ("SSQ:2026023", "", SsqInvalid),
        ("DLT:26023", "02.11.17.28.35+04", DltInvalid),
        ("DLT:26023", "02.11.17.28.36+04.09", DltInvalid),
        ("DLT:26023", "02.11.17.28.35+04.13", DltInvalid),
        ("DLT:26023", "02.11.17.28.35+09.04", DltInvalid),
        ("FC3D:2026060", "0.3", Fc3dInvalid),
        ("FC3D:2026060", "0.3.7.1", Fc3dInvalid),
        ("FC3D:2026060", "037", Fc3dInvalid),
        ("FC3D:2026060", "0.3.７", Fc3dInvalid),
        ("PL5:26060", "1.0.9.9", Pl5Invalid),
        ("DICE:1", "6.3.4", DiceInvalid),
        ("DICE:1", "6.3.4.10", DiceInvalid),
        (f"DRAND:{CHAIN}:4321", "0F" * 32, DrandInvalid),
        ("LOCAL:1", "a0" * 31, LocalInvalid),
        ("LOCAL:1", "a0" * 32 + "\n", LocalInvalid),
    ],
)
def test_check_value_bad_value_is_refused_with_its_own_rule(name, value, refusal):
    with pytest.raises(refusal) as caught:
        check_value(parse_source(name), value, dice=4)
    assert name in str(caught.value)
    assert "例如" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SSQ",
        "SSQ:",
        "SSQ:26023",
        "ssq:2026023",
        "DICE:0",
        "DRAND:abc:1",
        "LOTTO:1",
        "SSQ:2026023:1",
        "SSQ:２０２６０２３",
    ],
)
def test_parse_source_unknown_name_or_issue_is_refused(text):
    with pytest.raises(SourceUnknown):
        parse_source(text)


@pytest.mark.parametrize(
    ("name", "typed", "canonical"),
    [
        ("SSQ:2026023", "33 25 19 12 7 3 + 8", "03.07.12.19.25.33+08"),
        ("SSQ:2026023", "03、07、12、19、25、33、08", "03.07.12.19.25.33+08"),
        ("SSQ:2026023", "０３ ０７ １２ １９ ２５ ３３＋０８", "03.07.12.19.25.33+08"),
        ("DLT:26023", "02,11,17,28,35 + 09,04", "02.11.17.28.35+04.09"),
        ("FC3D:2026060", "037", "0.3.7"),
        ("PL5:26060", " 1 0 9 9 4 ", "1.0.9.9.4"),
        ("DICE:1", "6345", "6.3.4.5"),
        ("LOCAL:1", "A0" * 16 + " " + "a0" * 16, "a0" * 32),
    ],
)
def test_read_typed_accepts_what_people_type(name, typed, canonical):
    assert read_typed(parse_source(name), typed, dice=4) == canonical


@pytest.mark.parametrize(
    "typed", ["", "   ", "<script>", "1" * 100_000, "\x00", "03 07 12 19 25 33 + 08 09", "- - - -"]
)
@pytest.mark.parametrize("name", GOOD)
def test_read_typed_hostile_input_is_refused(name, typed):
    source = parse_source(name)
    with pytest.raises(source.kind.refusal):
        read_typed(source, typed, dice=4)


def test_entropy_bits_of_each_source_as_designed():
    bits = {name: entropy_bits([parse_source(name)], dice=20) for name in GOOD}
    assert list(bits.values()) == [24, 24, 9, 16, 66, 256, 256]
    assert entropy_bits([parse_source(name) for name in list(GOOD)[:3]], dice=20) == 58
    assert entropy_bits([parse_source(name) for name in ("SSQ:2026023", "DLT:26023", "PL5:26060")], dice=20) == 65


PLANNED = (Source("SSQ", "2026023"), Source("FC3D", "2026060"))
FALLBACK = Fallback(after_days=7, dice=20)
LINES = b"SSQ:2026023:03.07.12.19.25.33+08\nFC3D:2026060:0.3.7\n"


def test_parse_sources_good_file_round_trips():
    values = parse_sources(LINES, planned=PLANNED, dice=None, fallback=None)
    assert values == ((PLANNED[0], "03.07.12.19.25.33+08"), (PLANNED[1], "0.3.7"))
    assert write_sources(values) == LINES


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", SourcesNotText),
        (LINES[:-1], SourcesNotText),
        (LINES.replace(b"0.3.7", "0.3.７".encode()), SourcesNotText),
        (LINES.replace(b"\n", b"\r\n"), SsqInvalid),
        (LINES + b"\n", SourcesCountWrong),
        (LINES.splitlines(keepends=True)[0], SourcesCountWrong),
        (b"".join(reversed(LINES.splitlines(keepends=True))), SourceNotPlanned),
        (LINES.replace(b"2026023", b"2026024"), SourceNotPlanned),
        (LINES.replace(b"FC3D", b"fc3d"), SourceNotPlanned),
    ],
)
def test_parse_sources_bad_file_is_refused(data, refusal):
    with pytest.raises(refusal):
        parse_sources(data, planned=PLANNED, dice=None, fallback=None)


def test_parse_sources_fallback_takes_next_issue_or_dice_of_its_line():
    dice = ".".join("12345678901234567890")
    data = f"SSQ:2026024:03.07.12.19.25.33+08\nDICE:2:{dice}\n".encode()
    assert parse_sources(data, planned=PLANNED, dice=None, fallback=FALLBACK)[1] == (Source("DICE", "2"), dice)


@pytest.mark.parametrize(
    "line", ["SSQ:2026025:03.07.12.19.25.33+08", "DICE:2:" + ".".join("1" * 20), "SSQ:2026022:03.07.12.19.25.33+08"]
)
def test_parse_sources_fallback_takes_nothing_else(line):
    with pytest.raises(SourceNotPlanned):
        parse_sources(f"{line}\nFC3D:2026060:0.3.7\n".encode(), planned=PLANNED, dice=None, fallback=FALLBACK)


def test_parse_sources_fallback_dice_of_another_number_are_refused():
    with pytest.raises(DiceInvalid):
        parse_sources(b"DICE:1:1.2.3\nFC3D:2026060:0.3.7\n", planned=PLANNED, dice=None, fallback=FALLBACK)


def test_compare_entries_equal_pass_and_different_are_named_without_values():
    compare_entries(["SSQ:1:01", "DLT:2:02"], ["SSQ:1:01", "DLT:2:02"])
    with pytest.raises(SourcesDiffer) as caught:
        compare_entries(["SSQ:1:01", "DLT:2:02"], ["SSQ:1:01", "DLT:2:03"])
    assert caught.value.params == {"sources": "DLT:2"}
    with pytest.raises(SourcesCountWrong):
        compare_entries(["SSQ:1:01"], [])
