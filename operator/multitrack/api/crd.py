"""The CustomResourceDefinition, generated from the models: `multitrack crd` prints it."""

from collections.abc import Mapping
from typing import Any

from multitrack.api.names import GROUP, KIND, PLURAL, SHORT_NAME, VERSION
from multitrack.api.spec import RecordingJobSpec
from multitrack.api.status import RecordingJobStatus

__all__ = ["custom_resource_definition"]

_COLUMNS = (
    ("Phase", "string", ".status.phase", 0),
    ("Progress", "string", ".status.progress", 0),
    ("Step", "string", ".status.step", 0),
    ("Title", "string", ".spec.title", 1),
    ("Reason", "string", ".status.conditions[?(@.type=='Succeeded')].reason", 1),
    ("Delivered", "string", ".status.conditions[?(@.type=='Delivered')].status", 1),
    ("Workflow", "string", ".status.workflowRef.name", 1),
    ("GPU-s", "integer", ".status.usage.gpuSeconds", 1),
    ("Completed", "date", ".status.completionTime", 1),
    ("Age", "date", ".metadata.creationTimestamp", 0),
)
"""Name, type, path, priority: 0 is always shown, 1 with `-o wide`."""

_KEPT = ("type", "description", "enum", "pattern", "default", "format")
_LIMITS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")


def custom_resource_definition() -> dict[str, Any]:
    """The definition, as the API server takes it."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{PLURAL}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {
                "kind": KIND,
                "listKind": f"{KIND}List",
                "plural": PLURAL,
                "singular": KIND.lower(),
                "shortNames": [SHORT_NAME],
                "categories": ["multitrack"],
            },
            "versions": [_version()],
        },
    }


def _version() -> dict[str, Any]:
    return {
        "name": VERSION,
        "served": True,
        "storage": True,
        "schema": {
            "openAPIV3Schema": {
                "type": "object",
                "description": "A recorded meeting, and what Multitrack makes of it.",
                "required": ["spec"],
                "properties": {
                    "apiVersion": {"type": "string"},
                    "kind": {"type": "string"},
                    "metadata": {"type": "object"},
                    "spec": _structural(RecordingJobSpec.model_json_schema()),
                    # The operator writes every field itself: a default would be a second opinion.
                    "status": _without_defaults(
                        _structural(RecordingJobStatus.model_json_schema(mode="serialization"))
                    ),
                },
            }
        },
        "subresources": {"status": {}},
        "selectableFields": [
            {"jsonPath": ".status.phase"},
            {"jsonPath": ".spec.profile"},
        ],
        "additionalPrinterColumns": [
            {"name": name, "type": kind, "jsonPath": path, "priority": priority}
            for name, kind, path, priority in _COLUMNS
        ],
    }


def _structural(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Bring JSON Schema into the form that Kubernetes calls structural: without references."""
    definitions = schema.get("$defs", {})

    def convert(part: Mapping[str, Any]) -> dict[str, Any]:
        whole = _resolve(part, definitions)
        converted = {name: whole[name] for name in (*_KEPT, *_LIMITS) if name in whole}
        converted |= {name: whole[name] for name in whole if name.startswith("x-kubernetes-")}
        if "description" in converted:
            converted["description"] = " ".join(converted["description"].split())
        if "default" in converted and converted["default"] in (None, []):
            del converted["default"]
        if isinstance(converted.get("default"), dict):
            converted["default"] = {}  # its fields have theirs
        if "properties" in whole:
            converted["properties"] = {
                name: convert(child) for name, child in whole["properties"].items()
            }
        if required := whole.get("required"):
            converted["required"] = required
        if "items" in whole:
            converted["items"] = convert(whole["items"])
        return converted

    return convert(schema)


def _resolve(part: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """Put a definition in its reference's place, and a type in that of "this type or null"."""
    whole = dict(part)
    while "$ref" in whole or "anyOf" in whole:
        reference, choices = whole.pop("$ref", None), whole.pop("anyOf", None)
        if reference:
            inner = definitions[reference.rpartition("/")[2]]
        else:
            (inner,) = (choice for choice in choices if choice.get("type") != "null")
        whole = {**inner, **whole}
    return whole


def _without_defaults(schema: Mapping[str, Any]) -> dict[str, Any]:
    stripped = {
        name: value for name, value in schema.items() if name not in ("default", "required")
    }
    if "properties" in stripped:
        stripped["properties"] = {
            name: _without_defaults(child) for name, child in stripped["properties"].items()
        }
    if "items" in stripped:
        # A list that is a map still has to require its key.
        stripped["items"] = {
            **_without_defaults(stripped["items"]),
            **({"required": schema["items"]["required"]} if "required" in schema["items"] else {}),
        }
    return stripped
