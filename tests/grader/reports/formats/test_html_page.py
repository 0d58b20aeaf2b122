"""The gradebook as a page: the content of the file, and its behaviour in a browser."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from gradebooks import (
    BAD,
    EMPTY,
    GOOD,
    HELPED,
    HOSTILE,
    OURS,
    PARTS,
    marked,
    row,
    spec,
    unloaded,
)
from headless_browser import needs_browser, open_browser

from grader.gradebook.marks import Lateness
from grader.messages.escaping import lines, printable
from grader.messages.explanation import explain
from grader.reports.formats.html_page import render
from grader.verdicts.verdict import Outcome
from grader.worker.source import Source

CODE = "import numpy\nx = y\nprint(x)"


def data_of(page):
    """Return the embedded data."""
    _, start, rest = page.partition('<script type="application/json" id="data">')
    assert start
    return json.loads(rest[: rest.index("</script>")])


# The file


def test_a_class_that_is_taught_one_part_sees_nothing_of_the_other():
    """The page is the same as without parts."""
    rows = [row("jane", GOOD, BAD)]
    assert render(rows, parts=PARTS) == render(rows)


def test_exercises_are_grouped_by_part_with_a_total_of_each():
    """In the data of the table, and in the statistics of the class."""
    page = render([row("jane", GOOD, BAD, GOOD), row("bob", BAD, BAD, EMPTY)], parts=PARTS)
    found = data_of(page)
    assert found["parts"] == [
        {"title": "Part 1: nodes", "exercises": [0, 1]},
        {"title": "Part 2: nets", "exercises": [2]},
    ]
    assert [one["totals"] for one in found["learners"]] == [
        [[6, 8], [4, 4]],
        [[4, 8], [0, 4]],
    ]
    titles = re.findall(r'<th scope="rowgroup" colspan="8">(.*?)</th>', page)
    assert titles == ["Part 1: nodes", "Part 2: nets"]


def test_nothing_is_loaded_and_only_the_pages_own_script_and_style_are_let():
    """The policy has the hash of each, so that changed ones do not run."""
    page = render([row("jane", BAD)])
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    rules = dict(rule.split(" ", 1) for rule in policy.replace("&#39;", "'").split("; "))
    for kind, tag in [("script-src", "script"), ("style-src", "style")]:
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules[kind] == f"'sha256-{digest}'"
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    markup = page.partition("<script")[0]
    assert not re.search(r'\b(?:src|href)="(?!#)', markup)
    assert not re.search(r"<[^>]* (?:style|on\w+)=", markup)


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_of_a_stranger_ends_the_data_or_becomes_markup(hostile):
    """Names, sections, notes, messages, output, hints and sources are read back exactly."""
    evil = spec(Outcome.FAILED, explain(("", hostile), ("at", "a.py:1    x")), output=hostile)
    page = render(
        [row(hostile, (evil,), section=hostile, notes=(hostile,)), row("bob", GOOD, section="x")],
        {hostile: {"ex": Source("a.py", hostile)}},
    )
    found = data_of(page)
    assert found["learners"][0]["name"] == printable(hostile)
    assert lines(hostile) in found["texts"]
    mild = render([row("jane", (spec(Outcome.FAILED),), section="y"), row("bob", section="x")])
    tags = [re.findall(r"<(/?\w+)", one.partition("<script")[0]) for one in (page, mild)]
    assert set(tags[0]) <= set(tags[1]) | {"strong"}
    assert page.count("<script") == mild.count("<script") == 2
    assert "49" not in page.partition("<style>")[0]


def test_a_text_that_many_have_is_there_once():
    """In a class of thousands, most messages are repeated."""
    page = render([row(f"learner {number}", BAD, EMPTY) for number in range(200)])
    assert page.count("ex.py was not handed in") == 1


def test_code_stands_with_its_exercise_and_the_lines_that_failed():
    """Module by module; what was not handed in, and what hides its names, has none."""
    code = {"jane": {"ex": Source("/s/ex.py", CODE), "other": Source("/s/other.py", "x = 1")}}
    page = data_of(render([row("jane", BAD), row("bob", GOOD)], code))
    jane, bob = page["learners"]
    ((name, text, first, total, failing),) = jane["code"][0]
    assert (name, page["texts"][text], first, total, failing) == ("ex.py", CODE, 1, 3, [2])
    assert bob["code"] == [[]]
    assert "x = 1" not in page["texts"]


def test_a_notebook_is_shown_cell_by_cell():
    """The cells of other exercises, which are empty, are left out; line numbers are the cell's."""
    cells = ("", "import numpy", "class F:\n    pass")
    broken = (spec(Outcome.FAILED, explain(("raised", "E"), ("at", "w.ipynb cell 3:2    pass"))),)
    page = data_of(
        render([row("jane", broken)], {"jane": {"ex": Source("w.ipynb", "", cells=cells)}})
    )
    (shown,) = page["learners"][0]["code"]
    assert [(name, failing) for name, _, _, _, failing in shown] == [
        ("w.ipynb cell 2", []),
        ("w.ipynb cell 3", [2]),
    ]


@pytest.mark.thorough
def test_what_is_large_does_not_make_the_page_larger_than_a_browser_takes():
    """Files of 64 KiB that differ, of everybody in a large class: 16 MiB of code at most."""
    rows = [row(f"learner {number}", BAD) for number in range(400)]
    large = {
        one.name: {"ex": Source("ex.py", f"{one.name}\n" + "é \u202e\n" * 20_000)} for one in rows
    }
    page = render(rows, large)
    assert len(page) < 20 << 20
    found = data_of(page)
    for learner in found["learners"]:
        ((_, text, first, total, failing),) = learner["code"][0]
        shown = found["texts"][text].split("\n")
        assert (first, total, failing) == (1, 20_002, [2])
        assert len(shown) > 1000


def test_the_instructor_sees_all_steps_of_help():
    """Whatever the number of steps for learners."""
    assert HELPED[0].told() in data_of(render([row("jane", HELPED)]))["texts"]


def test_the_class_is_told_in_sentences_with_numbers():
    """They are for the next lecture."""
    page = " ".join(render([row("a", BAD), row("b", BAD), row("c", GOOD), row("d", EMPTY)]).split())
    assert "<strong>test_g holds.</strong> (01_ex). 2 of the 3 who got that far broke it" in page
    assert "<strong>halves twice</strong> (01_ex), made by 2." in page
    assert "4 learners, 1 have done all of core" in page


def test_what_did_not_load_has_broken_no_promise():
    """Seen in a class: ten files that never loaded were told as "broke Affine.forward"."""
    raised = explain(("raised", "ModuleNotFoundError: No module named 'torch'"), ("at", "ex.py:1"))
    failed = tuple(spec(Outcome.FAILED, raised, name=one.name, tier=one.tier) for one in GOOD)
    ten = [unloaded(row(f"t{number}", failed)) for number in range(10)]
    page = " ".join(render([*ten, row("c", GOOD)]).split())
    assert "Nobody broke a promise." in page
    assert "Code of 10 learners could not be judged" in page
    assert (
        "did not load: ModuleNotFoundError: No module named &#39;torch&#39;</th><td>01_ex</td>"
        in page
    )
    assert '<td class="number">11 of 11</td><td class="number">1</td>' in page
    assert "did not load" not in render([row("c", BAD)]).partition("<script")[0]


def test_identical_code_is_a_fact_and_no_judgement():
    """Nor where there is none."""
    same = {name: {"ex": Source(f"{name}.py", CODE)} for name in "ab"}
    page = " ".join(render([row("a", GOOD), row("b", BAD), row("c", GOOD)], same).split())
    table = page.partition("<caption>Identical code</caption>")[2].partition("</table>")[0]
    assert [name for name in "abc" if f">{name}</a>" in table] == ["a", "b"]
    assert "the textbook's own code is public" in page
    assert "Identical code" not in render([row("a", GOOD), row("b", BAD)])
    words = page.partition("<script")[0].casefold()
    assert not any(word in words for word in ("plagiar", "cheat", "copied", "suspic"))


def test_an_empty_class_and_one_without_faults_are_pages_too():
    """With a sentence instead of tables."""
    for rows in ([], [row("a", GOOD)]):
        assert "Nobody broke a promise." in render(rows)


# Contrast, as WCAG 2.2 AA has it


def palettes():
    style = re.findall("<style>(.*?)</style>", render([]), re.DOTALL)[0]
    for block in re.findall(r":root\s*\{(.*?)\}", style, re.DOTALL):
        yield dict(re.findall(r"--(\w+): (#\w+);", block))


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(one * 2 for one in colour[1:])
    parts = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", list(palettes()), ids=["light", "dark", "print"])
def test_text_and_edges_stand_out(palette):
    """Contrast of 4.5 to 1 for text and 3 to 1 for edges of controls, in each colour scheme."""
    for ink in ("ink", "quiet", "good", "bad", "slow", "ours", "link"):
        for paper in ("paper", "soft"):
            assert contrast(palette[ink], palette[paper]) >= 4.5, (ink, paper)
    for ink in ("ink", "quiet"):
        assert contrast(palette[ink], palette["flag"]) >= 4.5, ink
    assert contrast(palette["line"], palette["paper"]) >= 3


# Machado, Oliveira, Fernandes (2009): what people without one kind of cone see, in linear RGB.
WEIGHTS = (0.2126, 0.7152, 0.0722)  # of red, green and blue in luminance
SEEN = {
    "all cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "tritanopia": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def linear(colour):
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]


@pytest.mark.parametrize("cones", SEEN)
@pytest.mark.parametrize("palette", list(palettes()), ids=["light", "dark", "print"])
def test_a_bar_stands_out_for_everybody_and_is_not_green(palette, cones):
    """3 to 1 against the rest of the bar; a share of broken promises is nothing good."""

    def seen(colour):
        light = (
            sum(a * b for a, b in zip(line, linear(colour), strict=True)) for line in SEEN[cones]
        )
        weights = (0.2126, 0.7152, 0.0722)
        return sum(w * min(max(one, 0), 1) for w, one in zip(weights, light, strict=True))

    darker, lighter = sorted([seen(palette["bar"]), seen(palette["rest"])])
    assert (lighter + 0.05) / (darker + 0.05) >= 3
    red, green, blue = linear(palette["bar"])
    assert blue > green > red
    assert palette["bar"] not in (palette["good"], palette["bad"])


# In a browser: one session for all

EVIL = tuple(
    row(
        f"{hostile} {number}",
        (spec(Outcome.FAILED, explain(("", hostile), ("at", "a.py:1    x"))),),
        BAD,
    )
    for number, hostile in enumerate(HOSTILE)
)
CLASS = [
    row("Doe, Jane", GOOD, BAD, section="Mon"),
    row("Roe, Bob", GOOD, GOOD, section="Tue", notes=("handed in late",)),
    row("Poe, Cy", EMPTY, EMPTY, section="Tue", handed_in=""),
    row("Our, Fault", OURS, GOOD, section="Mon"),
    *EVIL,
    *(row(f"learner {number}", GOOD, GOOD, section="Wed") for number in range(1, 300)),
]
SOURCES = {
    "Doe, Jane": {"ex": Source("ex.py", CODE + "\n" + "\n".join(f"a = {n}" for n in range(200)))},
    **{
        one.handed_in: {"ex": Source("a.py", f"1\n{hostile}")}
        for one, hostile in zip(EVIL, HOSTILE, strict=True)
    },
    "Our, Fault": {"ex": Source("late.py", CODE)},
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Opens a browser with the page of a class."""
    driver = open_browser(tmp_path_factory.mktemp("profile"))
    driver.page = tmp_path_factory.mktemp("page") / "gradebook.html"
    driver.page.write_text(render(CLASS, SOURCES, "Spring"), "utf-8")
    yield driver
    driver.quit()


@pytest.fixture
def page(browser):
    """Reloads the page; at the end, checks that its console is empty."""
    browser.get_log("browser")
    emulate(browser)
    browser.get("about:blank")
    browser.get(browser.page.as_uri())
    yield browser
    assert browser.get_log("browser") == []


def emulate(browser, width=1280, scheme="light"):
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def script(page, code, *arguments):
    return page.execute_script(f"return {code}", *arguments)


def go(page, view):
    """Open a view, and wait until it is shown: the browser reports the change later."""
    code = """const [view, done] = arguments;
      addEventListener("hashchange", () => requestAnimationFrame(done), { once: true });
      location.hash = view;"""
    page.execute_async_script(code, view)


def soon(page, code, value):
    """Return whether something becomes true before long: navigation takes the browser time."""
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(page, 10).until(lambda page: script(page, code) == value)


def texts(page, selector):
    return script(
        page, "[...document.querySelectorAll(arguments[0])].map((e) => e.innerText)", selector
    )


def names(page):
    return texts(page, "#table tbody th")


def press(page, *keys):
    from selenium.webdriver import ActionChains

    ActionChains(page).send_keys(*keys).perform()


def click(page, selector):
    page.find_element("css selector", selector).click()


def choose(page, selector, value):
    code = "document.querySelector(arguments[0]).value = arguments[1]"
    script(page, code, selector, value)
    fire = "document.querySelector(arguments[0]).dispatchEvent(new Event('input'))"
    script(page, fire, selector)


@needs_browser
def test_columns_are_sorted_up_and_down_and_say_so(page):
    """With aria-sort, and the focus stays on the button."""
    assert script(page, "document.querySelector('[aria-sort]').innerText") == "Learner ▲"
    click(page, "[data-sort=points]")
    points = [int(one.split()[0]) for one in texts(page, "#table tbody td:last-child")]
    assert points == sorted(points, reverse=True)
    assert script(page, "document.querySelector('[aria-sort=descending]').innerText") == "Points ▼"
    assert script(page, "document.activeElement.dataset.sort") == "points"
    click(page, "[data-sort=points]")
    assert names(page)[0] == "Poe, Cy"
    click(page, "[data-sort=name]")
    numbered = [int(one.split()[1]) for one in names(page) if one.startswith("learner ")]
    assert all(one < other for one, other in pairwise(numbered))


@needs_browser
def test_rows_are_filtered_by_name_section_and_outcome(page):
    """The number of rows left is announced to screen readers, too."""
    from selenium.webdriver.common.keys import Keys

    click(page, "#by-name")
    press(page, "doe, J")
    assert names(page) == ["Doe, Jane"]
    assert texts(page, "output#count") == [f"1 of {len(CLASS)} learners"]
    press(page, *[Keys.BACKSPACE] * 6)
    choose(page, "#by-section", "Tue")
    assert names(page) == ["Poe, Cy", "Roe, Bob"]
    for outcome, found in {
        "done": ["Roe, Bob"],
        "undone": ["Poe, Cy"],
        "empty": ["Poe, Cy"],
        "NOT_STARTED": ["Poe, Cy"],
        "GRADER_ERROR": [],
    }.items():
        choose(page, "#by-outcome", outcome)
        assert names(page) == found
    choose(page, "#by-section", "*")
    assert names(page) == ["Our, Fault"]


@needs_browser
def test_an_exercise_unfolds_into_its_promises(page):
    """Each has a symbol, and a word for screen readers."""
    choose(page, "#by-section", "Mon")
    click(page, "[data-open='1']")
    assert script(page, "document.activeElement.getAttribute('aria-expanded')") == "true"
    heads = script(page, "[...document.querySelectorAll('thead th')].map((e) => e.textContent)")
    assert heads[4:7] == ["1: test_f holds.", "2: test_g holds.", "3: test_h holds."]
    cells = script(
        page, "[...document.querySelectorAll('tbody tr')[0].cells].map(e => e.textContent)"
    )
    assert cells[4:7] == ["✓kept", "✗broken", "✗broken"]
    click(page, "[data-open='1']")
    assert script(page, "document.querySelectorAll('#table th[scope=col]').length") == 5


@needs_browser
def test_parts_are_groups_of_columns_with_totals_to_sort_by(browser, tmp_path):
    """A group is as wide as what is unfolded in it; a learner's page has a heading for each."""
    file = tmp_path / "parts.html"
    rows = [row("ada", BAD, BAD, GOOD), row("bob", GOOD, GOOD, EMPTY)]
    file.write_text(render(rows, parts=PARTS), "utf-8")
    emulate(browser)
    browser.get(file.as_uri())
    assert texts(browser, "#table thead .part th") == ["Part 1: nodes", "Part 2: nets"]
    spans = "[...document.querySelectorAll('#table thead .part > *')].map((e) => e.colSpan)"
    assert script(browser, spans) == [1, 3, 2, 1]
    click(browser, "[data-open='1']")
    assert script(browser, spans) == [1, 6, 2, 1]
    widths = "[...document.querySelectorAll('#table tr')].map((e) => [...e.cells]"
    widths += ".reduce((sum, cell) => sum + cell.colSpan, 0))"
    assert set(script(browser, widths)) == {10}
    totals = texts(browser, "#table tbody .total")
    assert totals == ["4 / 8", "4 / 4", "8 / 8", "0 / 4"]
    click(browser, "[data-sort='part0']")
    assert names(browser) == ["bob", "ada"]
    click(browser, "[data-sort='part0']")
    assert names(browser) == ["ada", "bob"]
    go(browser, "learner-0")
    assert texts(browser, "#learner-body h3") == [
        "Part 1: nodes 4 of 8 points",
        "Part 2: nets 4 of 4 points",
    ]
    assert len(texts(browser, "#learner-body h4")) == 3
    assert browser.get_log("browser") == []


@needs_browser
def test_everything_is_reached_by_the_keyboard(page):
    """Skip link first; arrows, Home and End in the table; Enter opens a page, and back returns."""
    from selenium.webdriver.common.keys import Keys

    press(page, Keys.TAB)
    assert script(page, "document.activeElement.className") == "skip"
    press(page, Keys.ENTER)
    assert script(page, "document.activeElement.id") == "main"
    script(page, "document.querySelector('tbody a').focus()")
    first, second = names(page)[:2]
    press(page, Keys.ARROW_DOWN)
    assert script(page, "document.activeElement.innerText") == second
    press(page, Keys.ARROW_UP)
    assert script(page, "document.activeElement.innerText") == first
    press(page, Keys.END)
    assert len(names(page)) == len(CLASS)
    assert script(page, "document.activeElement.innerText") == names(page)[-1]
    press(page, Keys.HOME, Keys.ARROW_DOWN, Keys.ENTER)
    assert soon(page, "document.activeElement.id", "learner-title")
    assert texts(page, "#learner-title") == [second]
    page.back()
    assert soon(page, "document.activeElement.innerText", second)


@needs_browser
def test_a_learners_page_has_verdicts_reasons_and_the_line_that_failed(page):
    """The line is marked by a sign, not only by a colour."""
    go(page, "#learner-0")
    said = texts(page, "#learner")[0]
    for text in ("Doe, Jane", "6 of 8 points", "✗ broken test_g holds. 0 of 2", "returned  1"):
        assert text in said
    assert set(texts(page, "#learner .source mark")) == {"▶   2  x = y"}
    told = "ex.py ▶ marks where it failed: line 2"
    assert set(texts(page, "#learner figcaption")) == {told}
    assert script(page, "document.querySelector('#learners').hidden")
    go(page, "#learner-1")
    assert "handed in late" in texts(page, "#learner .notes")[0]
    go(page, "#class")
    assert script(page, "document.activeElement.id") == "class-title"


@needs_browser
def test_code_stands_beside_the_promises_and_cannot_be_edited(page):
    """Below them on a narrow screen. The frame begins where the code failed."""
    go(page, "#learner-0")
    box = "document.querySelector('#learner {}').getBoundingClientRect()"
    assert script(page, box.format(".verdicts") + ".right") <= script(
        page, box.format(".source") + ".left"
    )
    fields = "document.querySelectorAll('#learner :is(input, textarea, [contenteditable])').length"
    assert script(page, fields) == 0
    emulate(page, width=500)
    assert script(page, box.format(".verdicts") + ".bottom") <= script(
        page, box.format(".source") + ".top"
    )
    go(page, "#learner-1")
    assert script(page, "document.querySelectorAll('#learner .source').length") == 0


@needs_browser
def test_the_line_that_failed_is_in_sight_and_a_cut_is_told(browser, tmp_path):
    """Of a file that is larger than its frame, and of one that is larger than its room."""
    failed = (spec(Outcome.FAILED, explain(("raised", "E"), ("at", "ex.py:9000    x"))),)
    code = {"jane": {"ex": Source("ex.py", "\n".join(f"x = {n}" * 9 for n in range(1, 9999)))}}
    path = tmp_path / "long.html"
    path.write_text(render([row("jane", failed)], code), "utf-8")
    browser.get(path.as_uri())
    go(browser, "learner-0")
    place = """(() => { const frame = document.querySelector("#learner .source");
      const mark = frame.querySelector("mark").getBoundingClientRect();
      const box = frame.getBoundingClientRect();
      return box.top <= mark.top && mark.bottom <= box.bottom; })()"""
    assert script(browser, place)
    (caption,) = texts(browser, "#learner figcaption")
    assert re.search(r"line 9000; only lines [\d]+ to 9998 of 9998 are shown here", caption)
    (mark,) = texts(browser, "#learner .source mark")
    assert mark.startswith("▶9000  x = 9000x")


@needs_browser
def test_what_did_not_load_is_told_in_the_table_and_on_the_learners_page(browser, tmp_path):
    """And can be filtered."""
    path = tmp_path / "unloaded.html"
    path.write_text(render([unloaded(row("jane", BAD)), row("bob", BAD)]), "utf-8")
    browser.get(path.as_uri())
    choose(browser, "#by-outcome", "unjudged")
    assert names(browser) == ["jane"]
    assert "⊘" in texts(browser, "#table tbody td")[0]
    go(browser, "learner-0")
    assert "⊘ did not load: none of these promises was tried." in texts(browser, "#learner")[0]
    go(browser, "learner-1")
    assert "did not load" not in texts(browser, "#learner")[0]


@needs_browser
def test_no_name_and_no_source_of_a_stranger_runs(page):
    """Each is shown as text, in the table, on the page of the class and on the learner's page."""
    elements = script(
        page, "new Set([...document.querySelectorAll('*')].map(e => e.localName)).size"
    )
    for number, hostile in enumerate(HOSTILE, CLASS.index(EVIL[0])):
        go(page, f"#learner-{number}")
        shown = script(page, "document.getElementById('learner-title').textContent")
        assert shown == printable(CLASS[number].name)
        code = script(page, "document.querySelector('#learner .source').textContent")
        assert lines(hostile).split("\n")[0] in code
        assert script(page, "document.querySelector('#learner .source').children.length") == 1
    assert page.title == "Spring"
    tags = script(
        page, "document.querySelectorAll('img, svg:not(.bar), iframe, object, base').length"
    )
    assert tags == 0
    assert script(page, "document.scripts.length") == 2
    assert elements < 50


@needs_browser
def test_the_policy_stops_what_would_get_in_all_the_same(browser):
    """A script injected into the page is not run."""
    browser.get(browser.page.as_uri())
    code = "document.title = 'forged'"
    append = "document.body.append(Object.assign(document.createElement('script'), {text: %s}))"
    script(browser, append % "arguments[0]", code)
    image = f'<img src="x:" onerror="{code}">'
    script(browser, "document.body.insertAdjacentHTML('beforeend', arguments[0])", image)
    refused = [one for one in browser.get_log("browser") if "Content Security" in one["message"]]
    assert len(refused) >= 2
    assert browser.title == "Spring"


@needs_browser
def test_points_set_by_hand_are_shown_and_say_so(browser, tmp_path):
    """In the table, including total and order, and on the learner's page."""
    path = tmp_path / "marked.html"
    jane = marked(row("jane", BAD, GOOD), 3, reason="a typo only", comment="Look at the axis.")
    path.write_text(render([jane, row("bob", GOOD, BAD)]), "utf-8")
    browser.get(path.as_uri())
    cells = texts(browser, "#table tbody tr:last-child td")
    assert "3*/4" in cells[0]
    assert cells[-1] == "7 / 8"
    assert "* set by hand" in texts(browser, ".legend")[0]
    go(browser, "learner-0")
    assert "3 of 4 points, set by hand" in texts(browser, "#learner h3")[0]
    notes = texts(browser, "#learner section .notes li")
    assert notes == ["eve set 3 points: a typo only", "eve commented: Look at the axis."]


@needs_browser
def test_who_is_excused_has_ex_in_the_place_of_points(browser, tmp_path):
    """With the reason on the learner's page, and a total of the rest, which may be a half."""
    path = tmp_path / "excused.html"
    jane = marked(marked(row("jane", BAD, GOOD), excused=True, reason="ill"), 2.5, exercise="02_ex")
    path.write_text(render([jane]), "utf-8")
    browser.get(path.as_uri())
    cells = texts(browser, "#table tbody tr:last-child td")
    assert cells[0].endswith("EX")
    assert "2.5*/4" in cells[1]
    assert cells[-1] == "2.5 / 4"
    go(browser, "learner-0")
    assert "excused" in texts(browser, "#learner h3")[0]
    assert "eve excused the learner: ill" in texts(browser, "#learner section .notes li")


@needs_browser
def test_what_points_would_be_otherwise_is_shown_with_the_reason(browser, tmp_path):
    """For late submissions, and for those with a wrong earlier exercise."""
    jane, bob = row("jane", BAD), row("bob", GOOD)
    (exercise,) = jane.verdict.exercises
    tried = replace(exercise, through=(Outcome.PASSED,) * 3)
    jane = replace(jane, verdict=replace(jane.verdict, exercises=(tried,)))
    bob = replace(bob, late=(Lateness("bob", "h0", "01_ex", 25, "1 h late: 25% off", "t0"),))
    path = tmp_path / "adjusted.html"
    path.write_text(render([jane, bob]), "utf-8")
    browser.get(path.as_uri())
    cells = texts(browser, "#table tbody td:nth-of-type(1)")
    assert [cell.splitlines()[-1].strip() for cell in cells] == ["3/4 ★", "2→4/4 ☆"]
    assert "with correct earlier exercises, not counted" in texts(browser, ".legend")[0]
    go(browser, "learner-0")
    (note,) = texts(browser, "#learner .notes li")
    assert note.endswith("it scores 4 of 4 points")
    go(browser, "learner-1")
    assert texts(browser, "#learner .notes li") == ["1 h late: 25% off"]


@needs_browser
def test_rows_are_drawn_when_they_are_needed(page):
    """Thousands of rows stay fast; screen readers get their number; printing has all."""
    count = "document.querySelectorAll('tbody tr[aria-rowindex]').length"
    assert script(page, count) < len(CLASS)
    assert script(page, "document.getElementById('table').ariaRowCount") == str(len(CLASS) + 1)
    script(page, "dispatchEvent(new Event('beforeprint'))")
    assert script(page, count) == len(CLASS)


@needs_browser
def test_dark_mode_follows_the_system(page):
    """The contrast of both schemes is tested above."""
    background = "getComputedStyle(document.body).backgroundColor"
    light = script(page, background)
    emulate(page, scheme="dark")
    assert light == "rgb(255, 255, 255)" != script(page, background)


@needs_browser
@pytest.mark.parametrize("view", ["learners", "class", "learner-0"])
def test_a_narrow_screen_scrolls_one_way_only(page, view):
    """320 pixels, as WCAG requires for reflow; tables scroll in a frame of their own."""
    emulate(page, width=320)
    go(page, f"#{view}")
    assert script(page, "document.documentElement.scrollWidth") <= 320


@needs_browser
def test_what_can_be_used_is_large_enough_and_has_a_name(page):
    """At least 24 pixels, and a label."""
    small = """[...document.querySelectorAll('button, input, select, nav a, tbody a')]
      .filter((e) => e.checkVisibility()).map((e) => [e.getBoundingClientRect(), e.outerHTML])
      .filter(([box]) => box.width < 24 || box.height < 24).map(([, html]) => html)"""
    assert script(page, small) == []
    unnamed = """[...document.querySelectorAll('button, input, select, a')]
      .filter((e) => !(e.ariaLabel || e.textContent.trim() || e.labels?.length))
      .map((e) => e.outerHTML)"""
    assert script(page, unnamed) == []
    assert script(page, "[...document.querySelectorAll('th')].every((e) => e.scope)")


def test_the_page_has_the_causes_of_each_learner():
    """As what to say of the other promises, and the places of all; the class counts the mistake."""
    wrong = tuple(
        spec(Outcome.FAILED, f"returned  {n}", name=f"test_{n}", mistake="halves_twice")
        for n in range(3)
    )
    page = render([row("a", wrong)])
    data = data_of(page)
    ((said, *places),) = data["learners"][0]["causes"][0]
    assert data["texts"][said] == "2 more promises break for the same reason:"
    assert places == [0, 1, 2]
    cells = '<td class="number">1</td><td class="number">3</td><td class="number">6</td>'
    assert f"halves twice</th><td>01_ex</td>{cells}" in page
