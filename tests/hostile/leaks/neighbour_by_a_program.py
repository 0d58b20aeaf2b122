"""Has another program read another user's file.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import subprocess

text = subprocess.run(["cat", "@SECRET@"], capture_output=True, check=True).stdout
print("LEAKED", text)
