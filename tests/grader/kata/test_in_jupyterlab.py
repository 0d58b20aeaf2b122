"""A learner in JupyterLab, in a real browser: from the lesson over a hint to the next notebook.

Screenshots are kept in the folder that ``KATA_SCREENSHOTS`` names, to be looked at.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from headless_browser import needs_browser, open_browser

from grader.course.settings import load_course
from grader.kata.lessons.notebook import write_notebook

pytest.importorskip("jupyterlab", reason="needs JupyterLab: pip install '.[lab]'")
pytest.importorskip("ipykernel", reason="needs a kernel: pip install '.[test]'")
SECONDS = 120
TOKEN = "of-this-test"

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.timeout(5 * SECONDS),
    needs_browser,
]


@pytest.fixture
def server(handed_out, tmp_path):
    """JupyterLab in a course, which answers at the address that is returned."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    own |= {"JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"), "IPYTHONDIR": str(tmp_path / "ip")}
    options = ("--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0")
    options += (f"--IdentityProvider.token={TOKEN}", "--LabApp.news_url=None")
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        cwd=handed_out,
        env={**os.environ, **own},
        stdout=subprocess.DEVNULL,
        stderr=(tmp_path / "server.log").open("wb"),
    )
    address = f"http://127.0.0.1:{port}"
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/api/status?token={TOKEN}").close()
            break
        except OSError:
            time.sleep(0.2)
    yield address
    process.terminate()
    process.wait()


class Lab:
    """One browser tab with JupyterLab."""

    def __init__(self, address, profile):
        from selenium.webdriver.support.ui import WebDriverWait

        self.address = address
        self.driver = open_browser(profile, "window-size=1280,1000")
        self.wait = WebDriverWait(self.driver, SECONDS)

    def opens(self, notebook):
        """Open a notebook, and wait until its kernel is ready."""
        self.driver.get(f"{self.address}/lab/tree/{notebook}?token={TOKEN}")
        self.until("""return document.querySelector(
            '.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator'
            + '[data-status=idle]') !== null""")

    def until(self, script):
        """Wait until JavaScript returns something true, and return it."""
        return self.wait.until(lambda driver: driver.execute_script(script))

    def presses(self, *keys):
        from selenium.webdriver import ActionChains

        chain = ActionChains(self.driver)
        *modifiers, last = keys
        for key in modifiers:
            chain.key_down(key)
        chain.send_keys(last)
        for key in modifiers:
            chain.key_up(key)
        chain.perform()

    def active(self):
        """Return the text of the cell that is selected."""
        return self.driver.execute_script("""
            const cell = document.querySelector(
                '.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell.jp-mod-active');
            return cell ? cell.querySelector('.cm-content')?.innerText || cell.innerText : ''""")

    def writes(self, text):
        """Replace the content of the selected cell, as by pasting."""
        from selenium.webdriver.common.keys import Keys

        self.presses(Keys.ENTER)
        self.presses(Keys.CONTROL, "a")
        self.driver.execute_cdp_cmd("Input.insertText", {"text": text})

    def runs(self):
        """Run the selected cell with Ctrl+Enter, and return what it shows in the end."""
        from selenium.webdriver.common.keys import Keys

        self.presses(Keys.CONTROL, Keys.ENTER)
        return self.until("""
            const cell = document.querySelector(
                '.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell.jp-mod-active');
            const prompt = cell.querySelector('.jp-InputPrompt')?.innerText || '';
            return /\\[\\d+\\]/.test(prompt) && cell.querySelector('.jp-OutputArea-output')
                && cell.querySelector('.jp-OutputArea').innerText""")

    def goes_down(self):
        """Run the selected cell and go to the next, with Shift+Enter."""
        from selenium.webdriver.common.keys import Keys

        self.presses(Keys.SHIFT, Keys.ENTER)
        self.until("""return ![...document.querySelectorAll('.jp-InputPrompt')].some(
            (prompt) => prompt.innerText.includes('*'))""")

    def inserts_below(self):
        """Insert a cell below the selected one."""
        from selenium.webdriver.common.keys import Keys

        self.presses(Keys.ESCAPE)
        self.presses("b")

    def goes_up(self):
        """Select the cell above."""
        from selenium.webdriver.common.keys import Keys

        self.presses(Keys.ESCAPE)
        self.presses("k")

    def is_seen(self, name):
        """Keep a screenshot, if somebody wants to look at it."""
        if folder := os.environ.get("KATA_SCREENSHOTS"):
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))


@pytest.fixture
def lab(server, tmp_path):
    lab = Lab(server, tmp_path / "profile")
    yield lab
    lab.driver.quit()


def test_a_learner_works_through_a_lesson_in_jupyterlab(lab, handed_out, solution):
    """Fill in the cell, read what it shows, take a hint, mend it, and go on to the next one."""
    course = load_course(handed_out)
    write_notebook(course.named("03_affine"), handed_out / "03_affine.ipynb")
    lab.opens("03_affine.ipynb")
    while not lab.active().startswith("%%kata 03_affine"):
        lab.goes_down()
    lab.writes(
        "%%kata 03_affine\n" + solution("03_affine", ("np.sum(dout, axis=0)", "np.sum(dout)"))
    )
    shown = lab.runs()
    lab.is_seen("broken")
    assert "5 of 10 core promises kept" in shown
    lab.inserts_below()
    lab.writes("%kata hint 03_affine")
    hint = lab.runs()
    lab.is_seen("hint")
    assert "Along which axis do the samples lie?" in hint
    lab.goes_up()
    lab.writes("%%kata 03_affine\n" + solution("03_affine"))
    shown = lab.runs()
    lab.is_seen("done")
    assert "Done! Next: 04_softmax_with_loss" in shown
    lab.inserts_below()
    lab.writes("%kata notebook 04_softmax_with_loss")
    assert "04_softmax_with_loss.ipynb" in lab.runs()
    lab.opens("04_softmax_with_loss.ipynb")
    lab.is_seen("next")
    lab.wait.until(lambda _: "Softmax" in lab.active())  # the other notebook is restored first
