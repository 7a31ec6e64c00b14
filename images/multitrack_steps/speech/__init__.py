"""Speech recognition: samples on the recording's clock in, words on the recording's clock out.

Samples are float32, mono, -1 to 1, at `flac.SAMPLE_RATE`. Everything streams: see `transcription`
for the bound on memory.
"""

import os

# numpy's and ONNX Runtime's thread pools spin while they wait, which costs CPU time and gains
# nothing on the small matrices here. Only CTranslate2 computes in parallel, and it is told how.
# Must be set before numpy is imported.
for _pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_pool, "1")
