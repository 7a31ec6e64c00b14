"""An S3 server that refuses or fails some requests: a server in front of another one."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.fakes.loopback import Around, Drop, Reply, Request, serving

__all__ = ["FaultyS3", "Rule", "running_faulty_s3"]

_HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "date", "server"}


@dataclass(slots=True)
class Rule:
    """What happens to requests of a kind, instead of being carried out."""

    matches: Callable[[Request], bool]
    status: int
    code: str
    times: int = 1_000_000

    def reply(self) -> Reply:
        if not self.code:
            return Reply(self.status)
        body = f"<Error><Code>{self.code}</Code><Message>Said the test.</Message></Error>"
        return Reply(self.status, body.encode(), {"content-type": "application/xml"})


@dataclass(slots=True)
class FaultyS3:
    """A running server."""

    behind: str
    """The server that does the work."""
    url: str = ""
    rules: list[Rule] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def answer(self, request: Request) -> Reply | Drop:
        """Apply the first rule that fits, or hand the request on."""
        self.requests.append(request)
        for rule in self.rules:
            if rule.times > 0 and rule.matches(request):
                rule.times -= 1
                return rule.reply()
        return self._handed_on(request)

    def _handed_on(self, request: Request) -> Reply:
        connection = http.client.HTTPConnection(urlsplit(self.behind).netloc, timeout=30)
        try:
            # With the host that the caller has signed.
            headers = dict(request.headers)
            connection.request(request.method, request.target, request.body, headers)
            answer = connection.getresponse()
            kept = {
                name: value
                for name, value in answer.getheaders()
                if name.lower() not in _HOP_BY_HOP
            }
            if request.method == "HEAD":
                kept["content-length"] = answer.headers.get("content-length", "0")
            return Reply(answer.status, answer.read(), kept)
        finally:
            connection.close()


@contextmanager
def running_faulty_s3(
    behind: str, host: str = "127.0.0.1", around: Around | None = None
) -> Iterator[FaultyS3]:
    """Serve in front of another server, from entering to leaving."""
    faulty = FaultyS3(behind)
    with serving(faulty.answer, host=host, around=around) as faulty.url:
        yield faulty
