"""A job's report as people see it on a terminal."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Group, JustifyMethod
from rich.table import Table
from rich.text import Text

from multitrack.api.reasons import StepPhase

if TYPE_CHECKING:
    from multitrack.accounting.critical_path import Link
    from multitrack.accounting.job_report import JobReport, StepAccount
    from multitrack.accounting.prices import Spent

__all__ = ["report_in_detail"]

_UNKNOWN = "?"


def report_in_detail(report: "JobReport") -> Group:
    """Totals, steps, the chain that decided how long it took, and what is not known."""
    head = Text(f"{report.job}  {report.phase}  {report.title}".rstrip(), style="bold")
    return Group(
        head,
        *_summary(report),
        Text(),
        _steps(report),
        Text(),
        *_path(report),
        *(Text(f"Not known: {sentence}.") for sentence in report.unknown),
    )


def _summary(report: "JobReport") -> Iterator[Text]:
    took = f"{_clock(report.took)} from its creation to " + (
        "its end" if report.finished else "now"
    )
    if report.recording:
        took += f", for {_clock(report.recording)} of recording"
    yield Text(took)
    time = report.time
    parts = {
        "running": time.running,
        "waiting for nodes, images and files": time.waiting,
        "tries that failed": time.earlier_tries,
        "between steps": time.pauses,
        "before its Workflow": time.before_workflow,
        "after the last step": time.after_last_step,
    }
    told = [f"{_clock(seconds)} {what}" for what, seconds in parts.items() if seconds >= 1]
    if told:
        yield Text("Of that: " + ", ".join(told))


def _steps(report: "JobReport") -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("STEP", "WAITED", "RAN", "RETRIES", *_columns(report)):
        if heading == "FAILED":
            table.add_column(heading)
        else:
            side: JustifyMethod = "left" if heading == "STEP" else "right"
            table.add_column(heading, justify=side, no_wrap=True)
    for step in report.steps:
        table.add_row(*_step(step, report))
    total = (*_used(report.spent), *_money(report.cost, report), "")
    table.add_row("all", "", "", "", *total, style="bold")
    return table


def _columns(report: "JobReport") -> tuple[str, ...]:
    cost = (report.currency,) if report.currency else ()
    return ("CPU s", "GiB s", "GPU s", "TOKENS", *cost, "FAILED")


def _step(step: "StepAccount", report: "JobReport") -> tuple[str, ...]:
    name = f"{step.step} x{step.runs}" if step.runs > 1 else step.step
    if step.phase in (StepPhase.RUNNING, StepPhase.FAILED):
        name += f", {step.phase.value.lower()}"
    if step.started is None:
        empty = ("",) * len(_columns(report))
        return (name, step.phase.value.lower(), "", "", *empty)
    return (
        name,
        _clock(step.waiting),
        _clock(step.running),
        str(step.retries or ""),
        *_used(step.spent),
        *_money(step.cost, report),
        ", ".join(f"{reason} x{count}" for reason, count in step.failures.items()),
    )


def _used(spent: "Spent | None") -> tuple[str, ...]:
    if spent is None:
        return (_UNKNOWN,) * 4
    tokens = spent.prompt_tokens + spent.completion_tokens
    memory = round(spent.memory_gib_seconds)
    return (str(spent.cpu_seconds), str(memory), str(spent.gpu_seconds or ""), str(tokens or ""))


def _money(cost: float | None, report: "JobReport") -> tuple[str, ...]:
    if not report.currency:
        return ()
    return (_UNKNOWN if cost is None else f"{cost:.4f}",)


def _path(report: "JobReport") -> Iterator[Text]:
    if not report.critical_path:
        return
    yield Text("What decided how long it took:")
    for link in report.critical_path:
        yield Text(f"  {_link(link)}")


def _link(link: "Link") -> str:
    name = f"{link.step} ({link.track})" if link.track else link.step
    parts = [f"ran {_clock(link.running)}"]
    if link.waiting is not None and link.waiting >= 1:
        parts.append(f"waited {_clock(link.waiting)}")
    if link.earlier_tries is not None and link.earlier_tries >= 1:
        parts.append(f"{_clock(link.earlier_tries)} in tries before")
    if link.pause >= 1:
        parts.append(f"{_clock(link.pause)} after the step before")
    return f"{name}: {', '.join(parts)}"


def _clock(seconds: float | None) -> str:
    """`1:02:03` or `2:03`."""
    if seconds is None:
        return _UNKNOWN
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
