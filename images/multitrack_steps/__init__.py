"""How each step does its work: one module per step, named after it."""

import os

# numpy's and ONNX Runtime's thread pools spin while they wait, which costs CPU time and gains
# nothing on the small matrices here: screen-tracks took two cores for the work of one. CTranslate2
# and torch compute in parallel, and are told how. Must be set before numpy is imported.
for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")
