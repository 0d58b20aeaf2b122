"""Fills the disk, with 64 MiB at most.

exercise: 03_affine
outcomes: FAILED
points: 0
control: writes
"""

with open("@TMP@/filler", "wb") as file:
    for _ in range(min(int("@MIB@"), 64)):
        file.write(bytes(1 << 20))
