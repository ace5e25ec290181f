"""Settings of the whole suite, made before numpy is imported."""

import os

# Two BLAS threads beside a busy core are many times slower than one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
