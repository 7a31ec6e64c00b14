"""What an endpoint sends back, as far as it is read: foreign data, nothing is taken for granted."""

from pydantic import BaseModel, ConfigDict, ValidationError

from multitrack_steps.language.llm.endpoint import Endpoint
from workflow_templates.runtime.errors import LanguageModelError

__all__ = ["Completion", "read_completion"]


class _Foreign(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Part(_Foreign):
    """Some endpoints (Mistral) send text in parts, thoughts among them."""

    type: str
    text: str | None = None


class _Message(_Foreign):
    content: str | tuple[_Part, ...] | None = None
    reasoning_content: str | None = None
    """vLLM, llama.cpp, DeepSeek."""
    reasoning: str | None = None
    """Ollama, OpenRouter."""


class _Choice(_Foreign):
    message: _Message
    finish_reason: str | None = None


class _Usage(_Foreign):
    prompt_tokens: int
    completion_tokens: int = 0


class Completion(_Foreign):
    """A chat completion."""

    choices: tuple[_Choice, ...]
    usage: _Usage | None = None

    @property
    def text(self) -> str:
        """What the model answered; may be empty."""
        content = self.choices[0].message.content if self.choices else None
        if isinstance(content, tuple):
            return "".join(part.text or "" for part in content if part.type == "text")
        return content or ""

    @property
    def reasoning(self) -> str:
        """What the endpoint itself set apart as thought; some put the whole answer there."""
        if not self.choices:
            return ""
        message = self.choices[0].message
        return message.reasoning_content or message.reasoning or ""

    @property
    def is_truncated(self) -> bool:
        """The answer ended because there was no more room."""
        return bool(self.choices) and self.choices[0].finish_reason == "length"

    @property
    def tokens(self) -> tuple[int, int] | None:
        """Prompt and completion tokens as the endpoint counts them, if it does."""
        if self.usage is None or self.usage.prompt_tokens <= 0:
            return None
        return self.usage.prompt_tokens, self.usage.completion_tokens


def read_completion(body: str, endpoint: Endpoint) -> Completion:
    """Read a response's body.

    Raises:
        LanguageModelError: It is not a chat completion.
    """
    try:
        return Completion.model_validate_json(body)
    except ValidationError as error:
        raise LanguageModelError(
            f"{endpoint.address}: does not answer as an OpenAI-compatible endpoint does; "
            "check llm-base-url (it usually ends in /v1)"
        ) from error
