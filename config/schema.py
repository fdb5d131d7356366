"""What the API's schema says of every operation: the refusals that middleware, login, throttling and rules can answer."""

from typing import Any

REFUSAL = "Refusal"
_DESCRIPTIONS = {
    "400": "Bad input: `params.fields` names each field and what to do.",
    "401": "Not signed in, or the token is not valid.",
    "403": "Signed in, and not allowed.",
    "404": "Does not exist, or is out of your reach.",
    "405": "Not a method of this address.",
    "406": "Only JSON is answered.",
    "409": "Changed by somebody else in the meantime.",
    "413": "Too large.",
    "415": "Only JSON is read.",
    "422": "Refused by a rule: `code` is stable, `message` says what to do.",
    "429": "Too many requests; try again after `Retry-After` seconds.",
}


def document_refusals(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Postprocessing hook of drf-spectacular: one refusal schema, on every operation that does not describe its own."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{REFUSAL}"}}}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                for status, description in _DESCRIPTIONS.items():
                    operation["responses"].setdefault(status, {"description": description, "content": content})
    return result
