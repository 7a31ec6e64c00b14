"""Daily's REST API: one function a page, from a request to a status and a JSON body."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.daily.hooks import Hook

__all__ = ["Account", "Answer", "answer_to"]

_PAGE = 100
"""Daily gives no more at once, whatever `limit` says."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and what is sent with it."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Account:
    """Everything that belongs to one API key."""

    recordings: dict[str, dict[str, Any]] = field(default_factory=dict)
    participants: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By meeting session, in the order in which they joined."""
    hooks: dict[str, Hook] = field(default_factory=dict)
    newest_participants_first: bool = False
    """Daily does not document the order."""
    page: int = _PAGE
    """The most that a page holds."""


def answer_to(
    account: Account, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any]
) -> Answer:
    """The answer to an authenticated request; `path` without `/v1`."""
    parts = path.strip("/").split("/")
    if parts[0] == "webhooks":
        return _hooks(account, method, parts[1:], body)
    match [method, *parts]:
        case ["GET", "recordings"]:
            return _recordings(account, query)
        case ["GET", "recordings", recording, *link] if recording in account.recordings:
            if link == ["access-link"]:
                return Answer({"download_link": f"https://example.org/{recording}", "expires": 0})
            return Answer(account.recordings[recording])
        case ["GET", "meetings", meeting, "participants"]:
            return _participants(account, meeting, query)
        case _:
            return _not_found(f"nothing at {path}")


def _hooks(account: Account, method: str, names: list[str], body: Mapping[str, Any]) -> Answer:
    if not names:
        if method == "POST":
            return _put_hook(account, Hook(url=""), body)
        return Answer([hook.shown() for hook in account.hooks.values()])
    hook = account.hooks.get(names[0])
    if hook is None:
        return _not_found(f"no webhook {names[0]}")
    if method == "POST":
        return _put_hook(account, hook, body)
    if method == "DELETE":
        del account.hooks[hook.uuid]
        return Answer(None)
    return Answer(hook.shown())


def _recordings(account: Account, query: Mapping[str, str]) -> Answer:
    newest_first = sorted(
        account.recordings.values(), key=lambda each: each.get("start_ts") or 0, reverse=True
    )
    room = query.get("room_name")
    matching = [each for each in newest_first if room in (None, each.get("room_name"))]
    ids = [each["id"] for each in matching]
    for name in ("starting_after", "ending_before"):
        if name in query and query[name] not in ids:
            return _invalid(f"{name}: no such recording")
    first = ids.index(query["starting_after"]) + 1 if "starting_after" in query else 0
    last = ids.index(query["ending_before"]) if "ending_before" in query else len(ids)
    page = matching[first:last][: _limit(account, query)]
    return Answer({"total_count": len(matching), "data": page})


def _participants(account: Account, meeting: str, query: Mapping[str, str]) -> Answer:
    joined = account.participants.get(meeting)
    if joined is None:
        return _not_found("no such meeting")
    ids = [each["participant_id"] for each in joined]
    first = ids.index(query["joined_after"]) + 1 if query.get("joined_after") in ids else 0
    last = ids.index(query["joined_before"]) if query.get("joined_before") in ids else len(ids)
    matching = joined[first:last]
    if account.newest_participants_first:
        matching.reverse()
    page = matching[: _limit(account, query)]
    return Answer({"data": page}) if page else _not_found("no participants")


def _put_hook(account: Account, hook: Hook, body: Mapping[str, Any]) -> Answer:
    hook.url = body.get("url", hook.url)
    hook.event_types = tuple(body.get("eventTypes", hook.event_types))
    hook.retry_type = body.get("retryType", hook.retry_type)
    hook.secret = body.get("hmac", hook.secret)
    delivery = hook.ping()
    if not delivery.succeeded:
        return _invalid(f"non-200 status code returned from webhook endpoint: {delivery.status}")
    account.hooks[hook.uuid] = hook
    return Answer(hook.shown())


def _limit(account: Account, query: Mapping[str, str]) -> int:
    return min(int(query.get("limit", _PAGE)), account.page)


def _not_found(what: str) -> Answer:
    return Answer({"error": "not-found", "info": what}, 404)


def _invalid(what: str) -> Answer:
    return Answer({"error": "invalid-request-error", "info": what}, 400)
