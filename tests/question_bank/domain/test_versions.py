from question_bank.domain.content import Content, Option
from question_bank.domain.versions import Change, Piece, content_parts, content_sha256, differences, text_pieces

OPTIONS = (Option("a", "三十日"), Option("b", "六十日"))


def content(stem="应当在三十日内报告。", key=("a",), options=OPTIONS):
    return Content("single_choice", stem, options, list(key), "第三条。")


def test_hash_is_stable_and_depends_on_every_part():
    assert content_sha256(content()) == "263504a4ada3a2e0c0f6f4b36c2935dcb65978f7593e1dc49e414833d159af74"
    variants = [content(), content(stem="x"), content(key=("b",)), content(options=OPTIONS[::-1])]
    assert len({content_sha256(variant) for variant in variants}) == 4


def test_differences_name_part_and_characters():
    before, after = content_parts(content()), content_parts(content(stem="应当在六十日内报告。", key=("b",)))

    assert differences(before, after) == (
        Change(
            "stem",
            "题干",
            (Piece("same", "应当在"), Piece("removed", "三"), Piece("added", "六"), Piece("same", "十日内报告。")),
        ),
        Change("key", "答案", (Piece("removed", "A"), Piece("added", "B"))),
    )


def test_equal_versions_have_no_differences():
    assert differences(content_parts(content()), content_parts(content())) == ()


def test_added_and_removed_options_are_differences():
    longer = content_parts(content(options=(*OPTIONS, Option("c", "九十日"))))

    assert differences(content_parts(content()), longer) == (Change("options.c", "选项C", (Piece("added", "九十日"),)),)
    assert differences(longer, content_parts(content())) == (
        Change("options.c", "选项C", (Piece("removed", "九十日"),)),
    )


def test_pieces_rebuild_both_texts():
    before, after = "生产经营单位应当建立台账", "生产经营单位必须建立安全台账"
    pieces = text_pieces(before, after)

    assert "".join(piece.text for piece in pieces if piece.operation != "added") == before
    assert "".join(piece.text for piece in pieces if piece.operation != "removed") == after
