"""A headless Chromium, for tests that look at a page as people do."""

import shutil

import pytest

BROWSERS = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
CHROMIUM, DRIVER = next(BROWSERS, ""), shutil.which("chromedriver")
needs_browser = pytest.mark.skipif(
    not (CHROMIUM and DRIVER), reason="neither Chromium with its driver is installed"
)


def open_browser(profile, *switches):
    """Start it with an empty profile; what pages write to the console is kept."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    # A root in a container has neither sandbox nor shm.
    ours = ("headless=new", "no-sandbox", "disable-dev-shm-usage", f"user-data-dir={profile}")
    for switch in (*ours, *switches):
        options.add_argument(f"--{switch}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(DRIVER))
