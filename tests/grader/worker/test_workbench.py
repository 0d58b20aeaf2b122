"""Where the learner's code lives: importing it, and telling of its exceptions."""

import contextlib
import math
import sys
import traceback

import numpy as np
import pytest

from grader.worker import wire
from grader.worker.exception_report import MAX_FRAMES, MAX_MESSAGE, describe, own_traceback
from grader.worker.module_loader import importable
from grader.worker.workbench import Source, Workbench


def submission(**texts):
    """The modules of a submission, from their code."""
    return {name: Source(f"/submission/{name}.py", text) for name, text in texts.items()}


def failure(text, call="f()"):
    """The exception that ends a call into a module with that code, and the module's sources."""
    sources = submission(layers=text)
    with importable(sources):
        try:
            import layers

            eval(call, vars(layers))
        except BaseException as error:
            return error, sources
    raise AssertionError("nothing was raised")


def report_of(text, call="f()"):
    """What is told of that exception."""
    return describe(*failure(text, call))


def no_callback(*_):
    """Nothing is called back here."""
    raise AssertionError("the spec's side was called")


def place(*names, start="layers"):
    """The way from the module, or from an object by its number, along attributes."""
    return wire.Reference(start, tuple(("attribute", name) for name in names))


# Importing


def test_a_submissions_modules_can_be_imported_while_it_is_importable():
    """They need not lie on this disk, and may import each other."""
    sources = submission(affine="class Affine: size = 3", layers="from affine import Affine")
    with importable(sources):
        import layers

        assert layers.Affine.size == 3
        assert layers.__name__ == "layers"
        assert layers.__file__ == "/submission/layers.py"


@pytest.mark.parametrize("ends_well", [True, False])
def test_afterwards_everything_is_as_it_was(ends_well):
    """sys.modules, sys.meta_path and sys.path are restored, also after an exception."""
    before = dict(sys.modules), list(sys.meta_path), list(sys.path)
    try:
        with importable(submission(affine="a = 1", layers="import affine")):
            import layers

            assert layers.affine.a == 1
            if not ends_well:
                raise LookupError
    except LookupError:
        pass
    assert (dict(sys.modules), list(sys.meta_path), list(sys.path)) == before
    with pytest.raises(ModuleNotFoundError):
        import affine  # noqa: F401


def test_a_submission_comes_before_an_installed_module_of_the_same_name():
    """A package by the name of an exercise is hidden meanwhile, and then the same as before."""
    import colorsys

    with importable(submission(colorsys="mine = True")):
        assert vars(__import__("colorsys")).get("mine") is True
    assert sys.modules["colorsys"] is colorsys
    assert not hasattr(colorsys, "mine")


def test_two_submissions_do_not_see_each_other():
    """The same names mean other modules, and what one lacks is not found in the other's."""
    with importable(submission(affine="owner = 'ann'", layers="import affine")):
        import layers

        assert layers.affine.owner == "ann"
    with importable(submission(affine="owner = 'bob'", layers="import affine")):
        import layers

        assert layers.affine.owner == "bob"
    with importable(submission(layers="import affine")), pytest.raises(ModuleNotFoundError):
        import layers


def test_a_module_that_failed_to_import_is_tried_again():
    """Each attempt says what is wrong; none leaves half a module behind."""
    with importable(submission(layers="x = 1\n1 / 0\n")):
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                import layers  # noqa: F401


def test_a_module_with_a_problem_says_so_when_it_is_imported():
    """What could not be read cannot be imported, for the reason that reading it gave."""
    sources = {"layers": Source("/submission/layers.py", "", "layers.py is not encoded in UTF-8")}
    with importable(sources), pytest.raises(SyntaxError, match="not encoded in UTF-8"):
        import layers  # noqa: F401


# Notebooks


def notebook(*cells):
    """A submission of one notebook."""
    return {"layers": Source("/submission/layers.ipynb", "", "", cells)}


def load_notebook(*cells):
    """Its names, once its cells have run."""
    with importable(notebook(*cells)):
        import layers

        return vars(layers)


def missing_name_of(*cells):
    """What is told of a name that a notebook does not define."""
    sources = notebook(*cells)
    with importable(sources):
        bench = Workbench(sources)
        with pytest.raises(AttributeError) as caught:
            bench.perform({"do": "value", "target": place("Affine")}, no_callback)
    return str(caught.value).splitlines()


def test_the_cells_of_a_notebook_run_one_after_another():
    """Each sees the names of those before, and may give one of them another meaning."""
    names = load_notebook("a = 1", "def f(): return a + b", "b = 2\na = 10", "c = f()")
    assert (names["a"], names["c"]) == (10, 12)
    assert names["__name__"] == "layers"


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("1 / 0", "line 1: ZeroDivisionError: division by zero"),
        ("x = 1\n\nprint(undefined)", "line 3: NameError: name 'undefined' is not defined"),
        ("x = 1\ny = (2\n", "line 2: SyntaxError: '(' was never closed"),
        ("def f():\nreturn 1", "line 2: IndentationError: expected an indented block"),
        ("import sys\nsys.exit(3)", "line 2: SystemExit: 3"),
        ("raise SystemExit", "line 1: SystemExit: "),
        ("import no_such_module", "line 1: ModuleNotFoundError: No module named 'no_such_module'"),
        ("a = 1\nb = '\0'", "SyntaxError: layers.ipynb cell 2 has NUL bytes in it"),
        ("x = " + "1+" * 100_000 + "1", "RecursionError: maximum recursion depth exceeded"),
        ("x = " + "-" * 100_000 + "1", "Error: "),
        ("x = " + "(" * 1000 + ")" * 1000, "SyntaxError: too many nested parentheses"),
        ("def g():\n    return g()\ng()", "line 2: RecursionError: maximum recursion depth"),
        ("raise NotImplementedError('your turn')", "line 1: NotImplementedError: your turn"),
        ("raise ValueError('x' * 10**6)", "line 1: ValueError: xxxxx"),
        ("class Odd(Exception):\n    __str__ = None\nraise Odd", "line 3: Odd: "),
        ("x = '\udc80'", "UnicodeEncodeError"),
    ],
    ids=[
        *("exception", "name", "syntax", "indentation", "exit", "empty exit", "import", "NUL"),
        *("long sum", "deep sign", "deep brackets", "recursion", "stub", "long", "odd", "half"),
    ],
)
def test_a_cell_that_fails_hides_neither_those_before_nor_those_after_it(cell, told):
    """A missing name is reported with the cells that failed, by number, line and reason."""
    cells = ("before = 1\nkept = []", cell, "kept.append(before)\nafter = 2")
    names = load_notebook(*cells)
    assert (names["before"], names["after"], names["kept"]) == (1, 2, [1])
    first, *others = missing_name_of(*cells)
    assert first == "layers.ipynb defines no Affine"
    assert len(others) == 1
    assert others[0].startswith("not run: layers.ipynb cell 2, line ")
    assert told in others[0]
    assert len(others[0]) < 300


def test_what_a_cell_has_defined_before_it_fails_remains():
    """As in the notebook itself."""
    assert load_notebook("a = 1\nb = 1 / 0\nc = 3", "d = a")["d"] == 1
    assert "c" not in load_notebook("a = 1\nb = 1 / 0\nc = 3")


def test_a_notebook_whose_every_cell_runs_tells_of_none():
    """There is nothing to add; an exception that a cell catches is no failure."""
    told = missing_name_of("Afine = 1", "try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass")
    assert told == ["layers.ipynb defines no Affine; it defines Afine: is that the one?"]


def test_of_many_cells_that_fail_only_the_first_are_told():
    """The one that the others need is among them."""
    told = missing_name_of(*["undefined"] * 50)
    assert told[1].startswith("not run: layers.ipynb cell 1, line 1: NameError")
    assert 2 < len(told) < 10


def test_control_c_ends_a_notebook():
    """It is for the run, not for the cell; nothing half-imported is left."""
    with importable(notebook("a = 1", "raise KeyboardInterrupt", "b = 2")):
        with pytest.raises(KeyboardInterrupt):
            import layers  # noqa: F401
        assert "layers" not in sys.modules


def test_a_line_of_a_notebook_is_told_with_its_cell():
    """Lines are counted in each cell, and the line that ran is shown."""
    sources = notebook("def f():\n    return g()", "\n\ndef g():\n    return undefined")
    with importable(sources):
        import layers

        with pytest.raises(NameError) as caught:
            layers.f()
        report = describe(caught.value, sources)
    assert [(frame.file, frame.line, frame.code, frame.module) for frame in report.frames] == [
        ("layers.ipynb cell 1", 2, "return g()", "layers"),
        ("layers.ipynb cell 2", 4, "return undefined", "layers"),
    ]


def test_a_debugger_shows_the_lines_of_a_cell():
    """The traceback that it gets has them, though there is no such file."""
    sources = notebook("x = 1", "def f():\n    return undefined  # here")
    with importable(sources):
        import layers

        with pytest.raises(NameError) as caught:
            layers.f()
    steps = traceback.extract_tb(own_traceback(caught.value, sources))
    assert [(step.name, step.line) for step in steps] == [("f", "return undefined  # here")]


def test_a_cell_that_imports_what_cannot_be_imported_tells_its_own_line():
    """A line number of the other file would be misleading."""
    sources = {**notebook("x = 1\nimport affine", "y = 2"), **submission(affine="\n\n\n1 / 0\n")}
    with importable(sources):
        import layers

        assert layers.y == 2
        bench = Workbench(sources)
        with pytest.raises(AttributeError, match=r"cell 1, line 2: ZeroDivisionError"):
            bench.perform({"do": "value", "target": place("Affine")}, no_callback)


def test_a_notebook_with_a_problem_says_so():
    """What could not be read has no cells."""
    sources = {"layers": Source("/submission/layers.ipynb", "", "it is not a notebook")}
    with importable(sources), pytest.raises(SyntaxError, match="it is not a notebook"):
        import layers  # noqa: F401


# Telling of exceptions


def test_an_exception_is_told_with_the_lines_that_led_to_it():
    """Type, text, and the learner's own lines, outermost first."""
    report = report_of("def f():\n    return g()\n\ndef g():\n    return undefined\n")
    assert report.type == "NameError"
    assert str(report.message) == "name 'undefined' is not defined"
    assert [(frame.file, frame.line, frame.code, frame.module) for frame in report.frames] == [
        ("layers.py", 2, "return g()", "layers"),
        ("layers.py", 5, "return undefined", "layers"),
    ]
    assert report.imported is None


def test_only_the_learners_own_lines_are_reported():
    """Neither ours nor the library's in between or at the end."""
    report = report_of("import numpy as np\ndef f():\n    return np.reshape(np.ones(3), (2, 2))\n")
    assert report.type == "ValueError"
    assert [(frame.file, frame.line) for frame in report.frames] == [("layers.py", 3)]


@pytest.mark.parametrize("separator", ["\f", "\v", "\x1c", "\x85", "\u2028"])
def test_the_right_line_is_told_after_characters_that_only_look_like_line_ends(separator):
    """Python counts lines by newlines alone."""
    report = report_of(f"# page one{separator}page two\ndef f():\n    return undefined\n")
    assert (report.frames[-1].line, report.frames[-1].code) == (3, "return undefined")


def test_the_lines_that_are_told_are_those_that_ran():
    """Not those of an earlier submission whose file has the same name."""
    assert report_of("def f(): return first").frames[-1].code == "def f(): return first"
    assert report_of("def f(): return second").frames[-1].code == "def f(): return second"


def test_a_syntax_error_is_told_with_its_line():
    """Although that line never ran."""
    report = report_of("x = 1\ny = (2\nz = 3\n")
    assert report.type == "SyntaxError"
    assert str(report.message) == "'(' was never closed"
    assert (report.frames[-1].file, report.frames[-1].line) == ("layers.py", 2)
    assert report.frames[-1].code == "y = (2"


def test_nul_bytes_are_told_with_their_file():
    """Whatever Python says of them, the learner learns which file it is."""
    report = report_of("x = 1\n\0\0\n")
    told = str(report.message) + "".join(frame.file for frame in report.frames)
    assert "layers.py" in told


def test_an_unreadable_file_is_told_with_its_name():
    """The frames name the module that has the problem, not only the one that imports it."""
    sources = submission(layers="import affine")
    sources["affine"] = Source("/submission/affine.py", "", "it is not encoded in UTF-8")
    with importable(sources):
        with pytest.raises(SyntaxError) as caught:
            import layers  # noqa: F401
        report = describe(caught.value, sources)
    assert str(report.message) == "it is not encoded in UTF-8"
    assert report.frames[-1].file == "affine.py"


def test_a_key_error_is_told_without_its_quotes():
    """`str` of a KeyError is a repr, which would show a sentence in quotes."""
    assert str(report_of("def f(): raise KeyError('there is no W')").message) == "there is no W"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("import no_such_module", "ModuleNotFoundError"),
        ("def f():\n    import no_such_module", "ModuleNotFoundError"),
        ("from no_such_module import Affine", "ModuleNotFoundError"),
    ],
)
def test_a_failed_import_is_told_with_the_module_it_is_about(text, kind):
    """Diagnosis tells a missing exercise by it."""
    report = report_of(text)
    assert (report.type, report.imported) == (kind, "no_such_module")


def test_a_name_that_an_earlier_exercise_lacks_is_told_with_that_exercise():
    """The module is there, what was wanted of it is not."""
    sources = submission(affine="", layers="from affine import Affine")
    with importable(sources):
        with pytest.raises(ImportError) as caught:
            import layers  # noqa: F401
        report = describe(caught.value, sources)
    assert (report.type, report.imported) == ("ImportError", "affine")
    assert "Affine" in str(report.message)


def test_an_endless_recursion_is_told_in_short():
    """The deepest frames, not thousands."""
    report = report_of("def f():\n    return f()\n")
    assert report.type == "RecursionError"
    assert len(report.frames) == MAX_FRAMES


def test_a_long_message_is_cut():
    """Nobody fills the gradebook with the text of an exception."""
    assert len(str(report_of("def f(): raise ValueError('x' * 10**6)").message)) == MAX_MESSAGE
    assert len(str(report_of("def f(): raise KeyError('x' * 10**6)").message)) == MAX_MESSAGE


@pytest.mark.parametrize(
    "statement",
    [
        "raise SyntaxError",
        "raise SyntaxError(None)",
        "raise SyntaxError(3)",
        "raise KeyError",
        "raise KeyError(Odd())",
        "raise ValueError(Odd())",
        "raise ImportError",
        "raise ImportError('x', name=Odd())",
        "raise StopIteration",
        "raise SystemExit(Odd())",
        "raise Broken",
        "raise ExceptionGroup('several', [ValueError('one')])",
        "raise UnicodeDecodeError('utf-8', b'x', 0, 1, 'no')",
        "raise OSError(2, 'missing', 'a')",
    ],
)
def test_every_exception_can_be_told_of(statement):
    """Telling of an exception never raises another, and always gives what may cross."""
    text = (
        "class Odd:\n    def __str__(self): raise RuntimeError\n    __repr__ = __str__\n"
        "class Broken(Exception):\n    def __str__(self): return 3\n"
        f"def f():\n    {statement}\n"
    )
    report = report_of(text)
    assert (report.frames[-1].file, report.frames[-1].code) == ("layers.py", statement)
    assert isinstance(report.message, str)
    assert isinstance(report.imported, str | None)


def test_the_learners_part_of_a_traceback_begins_and_ends_with_their_lines():
    """A debugger opens at the learner's deepest frame; library frames below it are removed."""
    error, sources = failure(
        "import functools\n"
        "def f():\n    return functools.reduce(lambda a, b: g(a), [1, 2])\n"
        "def g(a):\n    import json\n    return json.loads('nonsense')\n"
    )
    steps = traceback.extract_tb(own_traceback(error, sources))
    assert [step.name for step in steps] == ["f", "<lambda>", "g"]


def test_without_the_learners_part_there_is_no_traceback():
    """An exception without any line of the learner's code."""
    error, _ = failure("def f(): return undefined")
    assert own_traceback(error, submission(other="")) is None


# Requests


@pytest.fixture
def bench():
    """A workbench with one module, and what is asked of it."""
    text = (
        "import numpy as np\n"
        "class Layer:\n"
        "    def __init__(self):\n"
        "        self.W, self.name = np.zeros((2, 2)), 'one'\n"
        "        self.params = {'W': self.W, (0, 1): [1, 2]}\n"
        "    def replace(self): self.W = np.ones((3, 3))\n"
        "    @property\n"
        "    def broken(self): return self.cache['x']\n"
        "    @property\n"
        "    def misspelt(self): return self.w\n"
        "def identity(x): return x\n"
    )
    sources = submission(layers=text)
    with importable(sources):
        workbench = Workbench(sources)
        yield lambda do, **details: workbench.perform({"do": do, **details}, no_callback)


def call(bench, target, *args):
    """Have something called."""
    return bench("call", target=target, args=args, kwargs={})


def make_layer(bench):
    """The number of one of the learner's objects."""
    return call(bench, place("Layer")).number


def test_every_answer_can_cross(bench):
    """Objects are answered by reference, values by value."""
    layer = call(bench, place("Layer"))
    assert layer == wire.Remote(layer.number, "Layer")
    array = bench("value", target=place("W", start=layer.number))
    assert wire.decode(wire.encode(array)).shape == (2, 2)
    for start in ("layers", layer.number):
        wire.encode(bench("value", target=wire.Reference(start)))


def test_what_is_made_first_is_kept_under_its_number(bench):
    """An array or an object, made in order, for the request that it comes with and later ones."""
    first = [
        {"do": "create", "value": np.ones((2, 2)), "number": -1},
        {"do": "call", "target": place("Layer"), "args": (), "kwargs": {}, "number": -2},
    ]
    assert bench("value", target=wire.Reference(-1), first=first).shape == (2, 2)
    assert bench("value", target=place("W", start=-2)).shape == (2, 2)
    assert bench("nothing", first=[]) is None


def test_an_answer_is_a_copy(bench):
    """What was answered does not change with the object."""
    array = place("W", start=make_layer(bench))
    before = bench("value", target=array)
    bench("assign", target=array, key=None, value=np.ones((2, 2)))
    assert not before.any()
    assert bench("value", target=array).all()


@pytest.mark.parametrize(("key", "total"), [(None, 12.0), (0, 6.0), ((1, 1), 3.0), ([0, 1], 12.0)])
def test_an_array_is_written_in_place(bench, key, total):
    """All of it, or what a key selects; every holder of the same array sees it."""
    layer = make_layer(bench)
    bench("assign", target=place("W", start=layer), key=key, value=3.0)
    held = wire.Reference(layer, (("attribute", "params"), ("item", "W")))
    assert math.isclose(bench("value", target=held).sum(), total)


def test_an_array_that_is_too_large_to_cross_is_told_in_words():
    """With its size and the limit; one that just fits is answered."""
    sources = submission(layers="import numpy as np\nfits, large = np.zeros(16), np.zeros(17)")
    with importable(sources):
        bench = Workbench(sources, max_array=128)
        answers = [
            bench.perform({"do": "value", "target": place(name)}, no_callback)
            for name in ("fits", "large")
        ]
    assert np.array_equal(answers[0], np.zeros(16))
    assert answers[1] == wire.Opaque("an array of 136 bytes, where 128 are the limit of one answer")


def test_only_arrays_are_written_into(bench):
    """The message says what was found instead."""
    name = place("name", start=make_layer(bench))
    with pytest.raises(TypeError, match="expected an array to write into, found str"):
        bench("assign", target=name, key=None, value=1.0)


def test_a_new_spec_begins_without_the_objects_of_the_last(bench):
    """Forgetting makes room: old numbers lead nowhere."""
    layer = make_layer(bench)
    making = {"do": "create", "value": np.zeros(1), "number": -1}
    bench("value", target=wire.Reference(-1), first=[making], seed=0)
    with pytest.raises(LookupError):
        bench("value", target=wire.Reference(layer))
    bench("nothing", seed=0)
    with pytest.raises(LookupError):
        bench("value", target=wire.Reference(-1))


def test_a_property_that_fails_inside_is_not_taken_for_a_missing_one(bench):
    """The learner's own error is reported, whatever its type."""
    layer = make_layer(bench)
    with pytest.raises(AttributeError, match="has no attribute 'cache'"):
        bench("value", target=place("broken", start=layer))
    with pytest.raises(AttributeError, match="has no attribute 'w'"):
        bench("value", target=place("misspelt", start=layer))


def test_a_missing_attribute_is_told_with_its_owner(bench):
    """The class of an object, the file of a module."""
    layer = make_layer(bench)
    with pytest.raises(AttributeError, match=r"Layer has no forward"):
        call(bench, place("forward", start=layer))
    with pytest.raises(AttributeError, match=r"layers\.py defines no Affine"):
        call(bench, place("Affine"))


def test_a_misspelt_name_is_told_with_the_one_that_is_there():
    """A learner who has written `foward` has not forgotten `forward`."""
    text = "class MulLayer:\n    def foward(self, x, y): return x * y\nclass Afine: pass\n"
    sources = submission(layers=text)
    with importable(sources):
        workbench = Workbench(sources)

        def bench(do, **details):
            return workbench.perform({"do": do, **details}, no_callback)

        with pytest.raises(AttributeError, match=r"layers\.py defines no Affine; it defines Afine"):
            call(bench, place("Affine"))
        layer = call(bench, place("MulLayer"))
        with pytest.raises(AttributeError, match="MulLayer has no forward; it has foward"):
            call(bench, place("forward", start=layer.number), 1.0, 2.0)


@pytest.mark.parametrize(
    "text", ["import json as Affine", "__name__ = 'other'\nclass Affine: pass"]
)
def test_what_a_module_under_another_name_lacks_is_told_as_well(text):
    """One of the library that took the place of a class, or one that has renamed itself."""
    sources = submission(layers=text)
    with importable(sources):
        workbench = Workbench(sources)
        for names in (("Affine", "forward"), ("MulLayer",)):
            request = {"do": "value", "target": place(*names)}
            with pytest.raises(AttributeError, match=f"no {names[-1]}"):
                workbench.perform(request, no_callback)


# Places


def test_a_way_leads_along_attributes_and_items(bench):
    """Of any number, from a module as from an object; without a step it is the start itself."""
    layer = make_layer(bench)
    steps = (("attribute", "params"), ("item", (0, 1)), ("item", -1))
    assert bench("value", target=wire.Reference(layer, steps)) == 2
    assert bench("value", target=wire.Reference(layer)).kind == "Layer"
    assert bench("value", target=wire.Reference("layers")).kind == "module"
    steps = (("attribute", "params"), ("item", "W"), ("item", 0), ("attribute", "shape"))
    assert bench("value", target=wire.Reference(layer, steps)) == (2,)


def test_what_a_way_leads_to_is_found_anew_each_time(bench):
    """An attribute that was given another value since is that value."""
    layer = make_layer(bench)
    array = place("W", start=layer)
    assert bench("value", target=array).shape == (2, 2)
    call(bench, place("replace", start=layer))
    assert bench("value", target=array).shape == (3, 3)


def test_a_place_among_the_arguments_is_the_object_itself(bench):
    """Not a copy, also deep in a container; and looked up only now."""
    layer = make_layer(bench)
    array = place("W", start=layer)
    given = {"a": [(array,)]}
    held = call(bench, place("identity"), given)["a"][0][0]
    assert not held.any()
    same = bench("call", target=place("identity"), args=(), kwargs={"x": wire.Reference(layer)})
    assert same.kind == "Layer"
    with pytest.raises(AttributeError, match="Layer has no missing"):
        call(bench, place("identity"), place("missing", start=layer))


@pytest.mark.parametrize("number", [5, 2**40, 2**64 - 1])
def test_a_number_of_no_object_is_an_exception(bench, number):
    """Nothing is there, and nothing else happens."""
    make_layer(bench)
    with pytest.raises(LookupError):
        bench("value", target=wire.Reference(number))


@pytest.mark.parametrize("step", [("item", "x"), ("item", []), ("item", None), ("attribute", "")])
def test_a_step_that_leads_nowhere_is_an_exception(bench, step):
    """Whatever the key, the error comes from the learner's object."""
    layer = make_layer(bench)
    for start in ("layers", layer):
        for steps in ((step,), (("attribute", "params"), step)):
            with pytest.raises((AttributeError, LookupError, TypeError)):
                bench("value", target=wire.Reference(start, steps))


def test_a_module_is_imported_when_it_is_used_and_once():
    """Not before; one that fails is tried again."""
    sources = submission(layers="import affine\nvalue = affine.runs", affine="runs = 1")
    with importable(sources):
        workbench = Workbench(sources)
        workbench.perform({"do": "create", "value": np.zeros(1), "seed": 0}, no_callback)
        assert "layers" not in sys.modules
        for _ in range(2):
            assert workbench.perform({"do": "value", "target": place("value")}, no_callback) == 1
            first = sys.modules["layers"]
        assert sys.modules["layers"] is first
    broken = submission(layers="1 / 0")
    with importable(broken):
        workbench = Workbench(broken)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                workbench.perform({"do": "value", "target": place("value")}, no_callback)


@pytest.mark.parametrize(("text", "is_loading"), [("value = 1", False), ("raise OSError", True)])
def test_an_import_that_was_cut_short_is_known(text, is_loading):
    """So that a learner's own pytest does not try an endless one again."""
    sources = submission(layers=text)
    with importable(sources):
        workbench = Workbench(sources)
        with contextlib.suppress(OSError):
            workbench.perform({"do": "value", "target": place("value")}, no_callback)
        assert workbench.is_loading is is_loading


@pytest.mark.parametrize("number", range(6))
def test_a_word_of_the_wire_in_the_learners_code_is_only_an_object(number):
    """A result, or an argument of the spec's function: neither can pass for the grader's own."""
    text = (
        "from grader.worker import wire\n"
        "words = [wire.Reference('os', (('attribute', 'sep'),)), wire.Remote(0, 'Layer'),\n"
        "    wire.Callback(0), wire.Seed(1), wire.SharedArray('/etc/hosts', '|u1', (1,)),\n"
        "    wire.Opaque('nothing')]\n"
        "def pack(n): return {'a': [(words[n],)]}\n"
        "def give(f, n): f(words[n], also=[words[n]])\n"
        "def is_word(x, n): return x is words[n]\n"
    )
    kind = ["Place", "Remote", "Callback", "Seed", "Mapping", "Opaque"][number]
    sources, given = submission(layers=text), []

    def call_back(_, args, kwargs):
        given.extend([*args, *kwargs["also"]])

    with importable(sources):
        workbench = Workbench(sources)

        def bench(do, **details):
            return workbench.perform({"do": do, **details}, call_back)

        answer = call(bench, place("pack"), number)["a"][0][0]
        call(bench, place("give"), wire.Callback(0), number)
        for one in (answer, *given):
            assert one == wire.Remote(one.number, kind)
            # Passed back, it is that very object: the word that it is means nothing.
            assert call(bench, place("is_word"), wire.Reference(one.number), number) is True
    assert len(given) == 2
