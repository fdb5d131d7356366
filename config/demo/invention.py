"""Invented people and enterprises. Every number has valid check digits under an area code that nobody was ever given,
so that it belongs to nobody; every name comes from lists of ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.seeded import Stream, stream

UNASSIGNED_AREA = "990100"
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORG_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_GIVEN_ONE = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂斌辉玲健俊帆波宁琳鑫旭晨浩岩峰"
_GIVEN_TWO = (
    "建国 志强 秀英 海燕 文博 晓东 国庆 春梅 立新 振华 雪梅 永红 德明 兰英 长江 桂芳 洪波 玉珍 少华 丹丹 "
    "学军 佳怡 子轩 浩然 梓涵 雨桐 嘉豪 思远 云飞 正阳 景行 怀瑾 书瑶 若水 明远 望舒 清和 守仁 知行 启航"
).split()
_BRANDS = (
    "洞庭 巴陵 岳麓 湘水 云溪 南津 楚风 白鹤 金鹗 青草 君山 天岳 汇丰 恒泰 宏远 鑫源 永安 瑞通 华晟 同创 "
    "众诚 佳鸿 盛达 兴湘 新港 临江 博远 卓立 安顺 福康 立诚 通途 祥瑞 鼎新 启明 远航 泽润 中联 凯捷 隆昌"
).split()
# industry name of the reference data → what such an enterprise is called, and the hazard tags it may carry
_BUSINESSES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "危险化学品": (("化工有限公司", "气体有限公司", "涂料有限公司", "油品经营部"), ("重大危险源", "动火作业")),
    "建筑施工": (("建设工程有限公司", "建筑安装有限公司", "路桥工程有限公司"), ("高处作业", "动火作业")),
    "交通运输": (("物流有限公司", "运输有限公司", "客运有限公司", "港航有限公司"), ()),
    "工贸": (
        ("机械制造有限公司", "建材有限公司", "食品冷链有限公司", "纺织有限公司", "木业有限公司"),
        ("粉尘涉爆", "涉氨制冷", "有限空间"),
    ),
    "城镇燃气": (("燃气有限公司", "液化气供应站"), ("重大危险源",)),
    "烟花爆竹": (("烟花爆竹经营部", "花炮批发有限公司"), ()),
    "非煤矿山": (("矿业有限公司", "采石场"), ("有限空间",)),
    "特种设备": (("电梯维保有限公司", "起重设备有限公司"), ("高处作业",)),
    "人员密集场所": (("商业广场", "大酒店", "家居城", "文化娱乐有限公司"), ("动火作业",)),
    "民爆物品": (("爆破工程有限公司",), ("重大危险源",)),
}
_INDUSTRY_SHARE = (
    ("工贸", 26),
    ("建筑施工", 20),
    ("交通运输", 14),
    ("危险化学品", 12),
    ("人员密集场所", 12),
    ("城镇燃气", 5),
    ("特种设备", 4),
    ("非煤矿山", 3),
    ("烟花爆竹", 3),
    ("民爆物品", 1),
)


@dataclass(frozen=True, slots=True)
class InventedPerson:
    name: str
    id_number: str
    phone: str
    post: str
    capacity: str
    since: date


@dataclass(frozen=True, slots=True)
class InventedEnterprise:
    name: str
    uscc: str
    street: str
    industry: str
    tags: tuple[str, ...]
    employees: int
    revenue_10k: int
    people: tuple[InventedPerson, ...]


def invent_district(streets: tuple[str, ...], *, enterprises: int, today: date) -> list[InventedEnterprise]:
    """The same district on every machine: `enterprises` of them over `streets`, with about 2.2 people each."""
    rng = stream("choukao-demo-district")
    serial = iter(range(1, 10_000))
    names: set[str] = set()
    return [
        _enterprise(rng, number, street=streets[number % len(streets)], names=names, serial=serial, today=today)
        for number in range(enterprises)
    ]


def uscc(number: int) -> str:
    """A credit code with both check characters right (GB 32100, GB 11714), under an unassigned area."""
    body = f"{number:08d}"
    rest = 11 - sum(_ORG_ALPHABET.index(char) * weight for char, weight in zip(body, _ORG_WEIGHTS, strict=True)) % 11
    organisation = body + {10: "X", 11: "0"}.get(rest, str(rest))
    text = f"91{UNASSIGNED_AREA}{organisation}"
    total = sum(_USCC_ALPHABET.index(char) * weight for char, weight in zip(text, _USCC_WEIGHTS, strict=True))
    return text + _USCC_ALPHABET[(31 - total % 31) % 31]


def id_number(born: date, number: int) -> str:
    """An ID number with a right check digit (GB 11643), under an unassigned area."""
    body = f"{UNASSIGNED_AREA}{born:%Y%m%d}{number % 1000:03d}"
    total = sum(int(char) * weight for char, weight in zip(body, _ID_WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


def phone(number: int) -> str:
    """A mobile number of the demo; nothing is ever sent to it."""
    return f"1990000{number:04d}"


def person_name(rng: Stream) -> str:
    """Surname and one or two characters."""
    given = rng.choice(_GIVEN_TWO) if rng.random() < 0.7 else rng.choice(_GIVEN_ONE)
    return rng.choice(_SURNAMES) + given


def _enterprise(
    rng: Stream,
    number: int,
    *,
    street: str,
    names: set[str],
    serial: Iterator[int],
    today: date,
) -> InventedEnterprise:
    industry = rng.choices([name for name, _ in _INDUSTRY_SHARE], [share for _, share in _INDUSTRY_SHARE])[0]
    endings, tags = _BUSINESSES[industry]
    employees = max(3, int(rng.lognormvariate(3.4, 1.0)))
    return InventedEnterprise(
        name=_new_name(rng, street.removesuffix("街道").removesuffix("镇"), endings=endings, names=names),
        uscc=uscc(number + 1),
        street=street,
        industry=industry,
        tags=tuple(sorted(tag for tag in tags if rng.random() < 0.35)),
        employees=employees,
        revenue_10k=int(employees * rng.uniform(8, 60)),
        people=tuple(_people(rng, employees, serial=serial, today=today)),
    )


def _new_name(rng: Stream, street: str, *, endings: tuple[str, ...], names: set[str]) -> str:
    while True:
        name = f"{street}{rng.choice(_BRANDS)}{rng.choice(endings)}"
        if name not in names:
            names.add(name)
            return name


def _people(rng: Stream, employees: int, *, serial: Iterator[int], today: date) -> Iterator[InventedPerson]:
    posts = [("主要负责人", "法定代表人")]
    if employees >= 60 and rng.random() < 0.25:
        posts.append(("主要负责人", "实际控制人"))
    posts.append(("安全管理人员", ""))
    if employees >= 100:
        posts.append(("安全总监", ""))
    if rng.random() < 0.12:
        posts.append(("其他", ""))
    for post, capacity in posts:
        number = next(serial)
        born = date(1964, 1, 1) + timedelta(days=rng.randrange(36 * 365))
        since = today - timedelta(days=rng.randrange(200, 2600))
        yield InventedPerson(person_name(rng), id_number(born, number), phone(number), post, capacity, since)
