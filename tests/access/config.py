"""The house as a whole: home, health, language, the API's description."""

from tests.access import Row, public

MATRIX: dict[str, Row | tuple[Row, ...]] = {
    "home": Row({"anonymous": 302, "*": 200}),
    "livez": public(),
    "readyz": public(),
    "metrics": public(404),
    "set_language": public(302, method="post", data=lambda world: {"language": "en"}),
    "api_schema": public(),
    "api_docs": public(),
}
