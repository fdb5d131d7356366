"""The house as a whole: home, health, language, the API's description."""

from tests.access import LOGIN, Row, public

MATRIX: dict[str, Row | tuple[Row, ...]] = {
    "home": Row({"anonymous": 302, "*": 200}),
    "search": Row(
        {
            "anonymous": LOGIN,
            "candidate": 403,
            "other_candidate": 403,
            "enterprise_admin": 403,
            "other_enterprise_admin": 403,
            "auditor": 403,
            "system_admin": 403,
            "security_admin": 403,
            "*": 200,
        },
        query={"q": "公司"},
    ),
    "livez": public(),
    "readyz": public(),
    "metrics": public(404),
    "set_language": public(302, method="post", data=lambda world: {"language": "en"}),
    "api_schema": public(),
    "api_docs": public(),
}
