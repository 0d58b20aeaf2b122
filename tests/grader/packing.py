"""For tests of submissions: files as archives, and cells as a notebook."""

import io
import json
import tarfile
import zipfile


def notebook(*cells):
    """A notebook with these code cells."""
    found = [{"cell_type": "code", "metadata": {}, "source": cell, "outputs": []} for cell in cells]
    for cell in found:
        cell["execution_count"] = None
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": found})


def zipped(files):
    """These files as a .zip; a name with a slash at its end is a folder."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return archive.getvalue()


def tarred(files):
    """These files as a .tar.gz."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as file:
        for name, content in files.items():
            content = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
            file.addfile(info, io.BytesIO(content))
    return archive.getvalue()
