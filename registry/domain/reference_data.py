"""The district's reference data (product.md section 7): areas with dates, industries, hazard tags, authorities.

Codes of streets below 430602, and the first of January on which streets merged or split, are ours: the public sources
name the years (梅溪 and 洛王 merged in 2015 and split again in 2022), not the days, and no sub-codes.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

DISTRICT_CODE: Final = "430602"


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One period of validity of an area; `valid_to` is the last day."""

    code: str
    name: str
    parent_code: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class IndustryRow:
    """An industry, or one below `parent_code`."""

    code: str
    name: str
    parent_code: str = ""
    is_high_hazard: bool = False
    needs_safety_director: bool = False


@dataclass(frozen=True, slots=True)
class TagRow:
    """A hazard tag."""

    code: str
    name: str
    needs_safety_director: bool = False


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """An authority; no industries: all of them."""

    code: str
    name: str
    kind: str
    area_code: str
    industry_codes: tuple[str, ...] = ()


_FOUNDED: Final = date(1996, 1, 1)
_MERGED: Final = date(2015, 1, 1)
_SPLIT: Final = date(2022, 1, 1)
_STREETS: Final = (
    "岳阳楼街道", "三眼桥街道", "吕仙亭街道", "金鹗山街道", "东茅岭街道", "五里牌街道", "望岳路街道", "城陵矶街道",
    "枫桥湖街道", "奇家岭街道", "洛王街道", "站前路街道", "王家河街道", "梅溪街道",
)  # fmt: skip
_TOWN: Final = AreaRow("430602100", "西塘镇", DISTRICT_CODE, _FOUNDED)
_MERGED_STREETS: Final = frozenset({"洛王街道", "梅溪街道"})


def area_rows() -> tuple[AreaRow, ...]:
    """The district, its streets and its town, parents first; one row per period of validity."""
    rows = [AreaRow(DISTRICT_CODE, "岳阳楼区", "", _FOUNDED)]
    for number, name in enumerate(_STREETS, start=1):
        code = f"{DISTRICT_CODE}{number:03}"
        if name in _MERGED_STREETS:
            rows.append(AreaRow(code, name, DISTRICT_CODE, _FOUNDED, date(2014, 12, 31)))
            rows.append(AreaRow(code, name, DISTRICT_CODE, _SPLIT))
        else:
            rows.append(AreaRow(code, name, DISTRICT_CODE, _FOUNDED))
    rows.append(AreaRow(f"{DISTRICT_CODE}015", "洛王街道（梅溪并入）", DISTRICT_CODE, _MERGED, date(2021, 12, 31)))
    return (*rows, _TOWN)


# High hazard: 非煤矿山、危险化学品、烟花爆竹、交通运输、建筑施工、民用爆炸物品、金属冶炼 of 安全生产法 article 51.
# A safety director: the seven of the district plan, of which 粉尘涉爆 and 涉氨制冷 are tags.
INDUSTRIES: Final = (
    IndustryRow("CHEM", "危险化学品", "", True, True),
    IndustryRow("CHEM1", "危险化学品生产", "CHEM", True, True),
    IndustryRow("CHEM2", "危险化学品经营", "CHEM", True, True),
    IndustryRow("CHEM3", "危险化学品储存", "CHEM", True, True),
    IndustryRow("CHEM4", "危险化学品使用", "CHEM", True, True),
    IndustryRow("CHEM5", "危险化学品运输", "CHEM", True, True),
    IndustryRow("MINE", "非煤矿山", "", True, True),
    IndustryRow("SMELT", "金属冶炼", "", True, False),
    IndustryRow("FIREWORK", "烟花爆竹", "", True, False),
    IndustryRow("EXPLOSIVE", "民爆物品", "", True, True),
    IndustryRow("BUILD", "建筑施工", "", True, True),
    IndustryRow("TRANSPORT", "交通运输", "", True, True),
    IndustryRow("TRANSPORT1", "道路运输", "TRANSPORT", True, True),
    IndustryRow("TRANSPORT2", "水上运输", "TRANSPORT", True, True),
    IndustryRow("TRADE", "工贸"),
    IndustryRow("TRADE1", "工贸冶金", "TRADE"),
    IndustryRow("TRADE2", "工贸有色", "TRADE"),
    IndustryRow("TRADE3", "工贸建材", "TRADE"),
    IndustryRow("TRADE4", "工贸机械", "TRADE"),
    IndustryRow("TRADE5", "工贸轻工", "TRADE"),
    IndustryRow("TRADE6", "工贸纺织", "TRADE"),
    IndustryRow("TRADE7", "工贸烟草", "TRADE"),
    IndustryRow("TRADE8", "工贸商贸", "TRADE"),
    IndustryRow("GAS", "城镇燃气"),
    IndustryRow("EQUIPMENT", "特种设备"),
    IndustryRow("CROWD", "人员密集场所"),
    IndustryRow("OTHER", "其他"),
)

TAGS: Final = (
    TagRow("DUST", "粉尘涉爆", True),
    TagRow("AMMONIA", "涉氨制冷", True),
    TagRow("CONFINED", "有限空间"),
    TagRow("MAJOR", "重大危险源"),
    TagRow("HEIGHT", "高处作业"),
    TagRow("HOTWORK", "动火作业"),
    TagRow("LITHIUM", "锂电池"),
)

# Names as in the plan of 2021. Which department sees which industry is the demo's, for each district decides its own.
_DEPARTMENTS: Final = (
    ("YJGL", "区应急管理局", ("CHEM", "MINE", "SMELT", "FIREWORK", "TRADE")),
    ("ZJ", "区住建局", ("BUILD", "GAS")),
    ("KG", "区科工局", ("EXPLOSIVE", "TRADE")),
    ("SWLS", "区商务粮食局", ("TRADE8", "CROWD")),
    ("SCJG", "区市场监管局", ("EQUIPMENT",)),
    ("CG", "区城管局", ("GAS",)),
    ("WLGT", "区文旅广体局", ("CROWD",)),
    ("JJ", "区交警大队", ("TRANSPORT",)),
    ("XFJY", "区消防救援大队", ("CROWD",)),
    ("STHJ", "区生态环境分局", ("CHEM",)),
    ("NYNC", "区农业农村局", ("OTHER",)),
    ("SL", "区水利局", ("BUILD",)),
    ("WSJK", "区卫生健康委", ("CROWD",)),
    ("RS", "区人社局", ("OTHER",)),
)


def authority_rows() -> tuple[AuthorityRow, ...]:
    """The district office, the departments, and one authority for each street and town in force."""
    office = AuthorityRow("YYLQ-AWB", "区安委办", "office", DISTRICT_CODE)
    departments = [
        AuthorityRow(f"YYLQ-{code}", name, "department", DISTRICT_CODE, industries)
        for code, name, industries in _DEPARTMENTS
    ]
    streets = [
        AuthorityRow(f"YYLQ-{row.code[6:]}", _street_authority(row.name), "street", row.code)
        for row in area_rows()
        if row.parent_code and row.valid_to is None
    ]
    return (office, *departments, *streets)


def _street_authority(area_name: str) -> str:
    return f"{area_name}人民政府" if area_name.endswith("镇") else f"{area_name}办事处"
