"""What may not run at once, across jobs.

All locks of a Workflow are of one kind, semaphores or mutexes. Argo's controller ends a Workflow
that holds a lock of one kind when it skips a task that has one of the other (a nil pointer in
sync_manager.go, Release; seen with 3.7.17, the same in the source of 4.1.2).
"""

from hera.workflows.models import ConfigMapKeySelector, Mutex, SemaphoreRef, Synchronization

from workflow_templates.argo.settings import InstallSettings
from workflow_templates.pipelines import Task
from workflow_templates.runtime.errors import SettingsError

__all__ = ["synchronization"]


def synchronization(task: Task, settings: InstallSettings) -> Synchronization | None:
    """The task's lock, or none: an empty object would be a lock that is not there.

    Raises:
        SettingsError: Semaphores are set up, and the one that stands in for a mutex is not.
    """
    if settings.semaphores is None:
        return _mutex(settings.instance, task.mutex) if task.mutex else None
    word = task.mutex or task.semaphore
    if task.mutex and task.mutex not in settings.semaphores.keys:
        raise SettingsError(
            f"semaphores.keys: {task.mutex} is missing; "
            "name the ConfigMap's key that holds 1 for it"
        )
    key = settings.semaphores.keys.get(word) if word else None
    return _semaphore(settings.semaphores.config_map, key) if key else None


def _mutex(instance: str, word: str) -> Synchronization:
    return Synchronization(mutexes=[Mutex(name=f"{instance}-{word}")])


def _semaphore(config_map: str, key: str) -> Synchronization:
    selector = ConfigMapKeySelector(name=config_map, key=key)
    return Synchronization(semaphores=[SemaphoreRef(config_map_key_ref=selector)])
