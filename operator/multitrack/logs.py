"""How processes in the cluster log: one JSON object a line, a constant message, facts as fields."""

import logging

from workflow_templates.runtime.logs import JsonLines

__all__ = ["FIELDS", "log_as_json"]

FIELDS = {
    "asctime": "when, in the container's time zone",
    "levelname": "DEBUG, INFO, WARNING or ERROR",
    "name": "which part of the program",
    "message": "what happened; the same words every time",
    "exc_info": "the trace, where something unforeseen happened",
    "attempt": "which try of a step it is, from 1",
    "attempts": "how many tries there are",
    "because": "why something is done, in one sentence: tried again, or audio deleted",
    "count": "how many",
    "delay": "seconds until it is tried again",
    "duration": "seconds that a step took",
    "entry": "the id of an entry of the deletion list",
    "error": "what went wrong, in one sentence",
    "event": "the id of an event of Daily.co's",
    "exit_code": "of a step; 2 and 3 are final, 75 is tried again",
    "job": "the RecordingJob, as `name` or `namespace/name`",
    "jobs": "their names",
    "key": "of an object in the bucket",
    "loop": "one of the operator's loops over jobs, recordings or hooks",
    "namespace": "of the jobs that it is about",
    "outcome": "what became of an event",
    "path": "of the request",
    "phase": "the job's `status.phase`",
    "problem": "what the installation lacks, and what to do",
    "reason": "of the job's condition Succeeded",
    "recording": "the id of a recording of Daily.co's",
    "step": "a step of the pipeline",
    "type": "of an event, as Daily.co spells it",
    "warnings": "what a step found odd, a sentence each",
    "webhook": "the id of a webhook of Daily.co's",
    "workflow": "Argo's Workflow",
}
"""What each field means. docs/reference/logs.md holds this table."""

_TALKATIVE = ("kopf", "botocore", "httpx")


def log_as_json(level: str) -> None:
    """Set logging up for the whole process.

    Args:
        level: From which on lines are written; libraries that talk much say warnings only.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
