"""Looks for installed packages, which may include the grader and solutions.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os
import sysconfig

import numpy as np

folders = [os.path.dirname(os.path.dirname(np.__file__))]
folders += [sysconfig.get_path("stdlib") + name for name in ("/site-packages", "/dist-packages")]
for root in ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib"):
    folders += [f"{root}/python3{minor}/dist-packages" for minor in ("", ".11", ".12", ".13")]
    folders += [f"{root}/python3{minor}/site-packages" for minor in ("", ".11", ".12", ".13")]
    folders += [root]
failures = []
for folder in folders:
    try:
        print("LEAKED", folder, len(os.listdir(folder)))
    except OSError as error:
        failures.append(error)
raise PermissionError(len(failures))
