"""Everything about a draw in one ZIP: what a stranger needs, without our server, in ten years."""

import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.core.files.storage import default_storage

from draws.models import Draw, DrawDocument
from draws.queries.documents import documents_of, log_extract

_IN_MEMORY = 8 * 1024 * 1024
# The same content gives the same bytes: no time of packing in it.
_EPOCH = (2020, 1, 1, 0, 0, 0)
_PRINTED = {DrawDocument.Kind.NOTICE: "notice.pdf", DrawDocument.Kind.MINUTES: "minutes.pdf"}
README = """\
抽签材料 / Everything about one draw

验证（不需要安装任何软件，只要 Python 3）：
To verify (nothing to install but Python 3):

    python3 -I verify.py .

plan.json     方案，冻结时公布          what was committed before the randomness existed
roster.csv    名册，没有个人信息        who could be drawn, without personal data
sources.txt   公开随机源的开奖号码      public drawings, named by their issue in the plan
result.csv    结果                      the result
verify.py     复核程序                  sixty lines of the standard library
enlarge-*     扩大抽取，verify_more.py 复核：python3 -I verify_more.py . 1
              an enlargement of the sample, checked by verify_more.py
notice.pdf    冻结公告                  the notice of the freeze
minutes.pdf   抽签记录                  the minutes of the ceremony
log.json      公开日志中关于本次抽签的记录，每条带包含证明（RFC 9162）和签名的检查点
              this draw's leaves of the public log, each with its inclusion proof under a signed checkpoint

请同时把 sources.txt 中的号码与彩票公告对照，并把 plan.json 的 SHA-256 与开奖之前公布的公告对照。
Compare the numbers in sources.txt with the lottery's own notice, and the SHA-256 of plan.json with the notice
that was posted before the drawing.
"""


@contextmanager
def write_bundle(draw: Draw) -> Iterator[IO[bytes]]:
    """The packed file, at its beginning, for as long as the block lasts; large rosters go to disk, not to memory."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as packed:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            _add(archive, "README.txt", README.encode())
            for name, content in (
                draw.files.filter(proposal=draw.proposal).order_by("pk").values_list("name", "content")
            ):
                _add(archive, name, content.encode("ascii"))
            documents = documents_of(draw)
            for kind, name in _PRINTED.items():
                if document := documents.get(kind):
                    with default_storage.open(document.stored_name) as stored:
                        _add(archive, name, stored.read())
            _add(
                archive,
                "log.json",
                json.dumps(log_extract(draw), indent=1, sort_keys=True, ensure_ascii=False).encode(),
            )
        packed.seek(0)
        yield packed


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)
