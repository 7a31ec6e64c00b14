"""The layout of the sources, checked by a machine."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_operator_folder_does_not_shadow_pythons_operator_module() -> None:
    assert not (ROOT / "operator" / "__init__.py").exists()
    subprocess.run([sys.executable, "-c", "import collections"], cwd=ROOT, check=True)


def test_imports_go_one_way() -> None:
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout


def test_definitions_import_neither_media_nor_language_packages() -> None:
    heavy = "av numpy faster_whisper sklearn openai boto3 jinja2 hera kopf kubernetes"
    code = (
        "import sys, workflow_templates.pipelines, workflow_templates.local.engine\n"
        f"sys.exit(' '.join(name for name in {heavy.split()!r} if name in sys.modules) or 0)"
    )
    checked = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, f"imported: {checked.stderr}"


def test_every_step_sets_the_size_of_thread_pools_before_numpy_reads_it() -> None:
    code = (
        "import os, sys, multitrack_steps.entrypoint\n"
        "assert 'numpy' not in sys.modules\n"
        "assert os.environ['OMP_NUM_THREADS'] == os.environ['OPENBLAS_NUM_THREADS'] == '1'"
    )
    bare = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    checked = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=bare,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
