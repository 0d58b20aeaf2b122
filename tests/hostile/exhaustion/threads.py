"""Leaves a thread behind.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import threading
import time

threading.Thread(target=time.sleep, args=(1,), daemon=True).start()
print("LEAKED a thread")
