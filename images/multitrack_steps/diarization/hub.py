"""Diarization models on the Hugging Face hub: gated ones want a token."""

import os
from pathlib import Path

from workflow_templates.runtime.errors import RefusedError, TemporaryError

__all__ = ["TOKEN", "cached_on_hub", "fetch_from_hub"]

TOKEN = "HF_TOKEN"  # noqa: S105 - the variable's name
"""Environment variable with the hub's access token, from a Secret in a pod."""

_FINAL = frozenset({400, 401, 403, 404, 410})


def cached_on_hub(name: str) -> Path | None:
    """The folder that an earlier download left on this machine, without asking anybody."""
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - not needed where a package serves
    from huggingface_hub.errors import HFValidationError  # noqa: PLC0415 - as above

    try:
        folder = Path(snapshot_download(name, local_files_only=True))
    except (OSError, HFValidationError):
        return None
    return folder if (folder / "config.yaml").is_file() else None


def fetch_from_hub(name: str) -> Path | None:
    """Download a model into the hub's cache; None in offline mode.

    Raises:
        RefusedError: The model's conditions were not accepted, the token is not good for it, or
            there is no such model: the hub does not always tell these apart.
        TemporaryError: The hub is away or busy.
    """
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - as above
    from huggingface_hub.errors import (  # noqa: PLC0415 - as above
        GatedRepoError,
        HfHubHTTPError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
    )

    token = os.environ.get(TOKEN) or False
    try:
        return Path(snapshot_download(name, token=token))
    except OfflineModeIsEnabled:
        return None
    except GatedRepoError as error:
        raise RefusedError(
            f"the hub hands out {name} only to who accepted its conditions; accept them on the "
            f"model's page with the account whose token is in {TOKEN}"
        ) from error
    except RepositoryNotFoundError as error:
        raise RefusedError(
            f"the hub has no model {name!r}, or not for {_whom(token)}; "
            f"check the name and the token in {TOKEN}"
        ) from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        if status in _FINAL:
            raise RefusedError(
                f"the hub refused {name} (HTTP {status}); check the name and the token in {TOKEN}"
            ) from error
        raise TemporaryError(
            f"the hub did not hand out {name} (HTTP {status}); try again, or name a folder"
        ) from error
    except OSError as error:
        raise TemporaryError(
            f"the hub did not hand out {name} ({type(error).__name__}); try again, or name a folder"
        ) from error


def _whom(token: object) -> str:
    return "this token" if token else "anonymous visitors"
