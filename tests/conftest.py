"""For all tests: one BLAS thread, since two of them fight over the processors of a busy machine.

And English, whatever the developer's own language is.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["KATA_LANG"] = "en"
