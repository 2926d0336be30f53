"""The open data as OpenAPI 3.1, for programs that are made from it. Kept true by a test."""

from typing import Any

_COUNT = {
    "oneOf": [{"type": "integer", "minimum": 0}, {"const": "<5"}],
    "description": "How often it was asked about; below five only `<5`.",
}
_PARTS = {
    "type": ["object", "null"], "additionalProperties": {"type": "integer", "minimum": 5},
    "description": "Parts that add up to the total. Small ones are together under `other`, which is never below five.",
}  # fmt: skip
_DAY = {"type": ["string", "null"], "format": "date"}
_TEXT = {"type": ["string", "null"]}
_RUMOUR = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"}, "first_asked_on": _DAY, "answered_on": _DAY, "asked": _COUNT, "claim": _TEXT,
        "verdict": {"enum": ["false", "misleading", "unproven", "true", None]}, "title": _TEXT, "message": _TEXT,
        "url": _TEXT, "asked_by_language": _PARTS, "asked_by_area": _PARTS,
    },
}  # fmt: skip
_MESSAGE = {
    "type": "object",
    "properties": {
        "key": {"type": "string"}, "revision": {"type": "integer"}, "title": {"type": "string"},
        "topic": {"type": "string"}, "emergency": {"type": "boolean"},
        "valid_from": {"type": "string", "format": "date-time"},
        "valid_until": {"type": "string", "format": "date-time"}, "vetted_by": _TEXT, "vetted_on": _DAY,
        "sources": {"type": "array", "items": {"type": "object"}}, "url": {"type": "string", "format": "uri"},
        "texts": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}  # fmt: skip


def description(site: str, organisation: str) -> dict[str, Any]:
    """The whole document."""
    rumours = _list("rumours", _RUMOUR)
    rumours["properties"]["suppressed_below"] = {"const": 5}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{organisation}: answered rumours and checked messages", "version": "1",
            "description": "Nothing here says anything about a person. What is not in force any more is not here.",
        },
        "servers": [{"url": site}],
        "paths": {
            "/api/v1/rumours.json": _get("Answered rumours with their counts", "application/json", rumours),
            "/api/v1/rumours.csv": _get("The same as a table", "text/csv", {"type": "string"}),
            "/api/v1/claims.jsonld": _get("schema.org ClaimReview by language", "application/ld+json", {
                "type": "object"}),
            "/api/v1/messages.json": _get("Messages in force", "application/json", _list("messages", _MESSAGE)),
            "/api/v1/openapi.json": _get("This document", "application/json", {"type": "object"}),
        },
    }  # fmt: skip


def _list(name: str, item: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"licence": {"type": "string", "format": "uri"}, name: {"type": "array", "items": item}},
    }


def _get(summary: str, mime: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "get": {
            "summary": summary,
            "responses": {
                "200": {"description": summary, "content": {mime: {"schema": schema}}},
                "304": {"description": "It has not changed since the ETag that was given."},
            },
        }
    }
