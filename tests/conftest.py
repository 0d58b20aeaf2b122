"""For all tests: one BLAS thread, since two of them fight over the processors of a busy machine."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
