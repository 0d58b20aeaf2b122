"""Bare ``kata``, in a terminal, with keys pressed."""

import re

import pytest

SWAPPED = (("dx = dout * self.y", "dx = dout * self.x"),)
LOOP = "class MulLayer:\n    pass\n\nwhile True:\n    pass\n"
NEXT = "02_activations: 0 of 10 promises kept"


@pytest.mark.thorough
def test_a_learner_is_led_from_red_to_green_and_on(learner, terminal):
    """The task, broken promises, help in steps, the list, and the next exercise automatically.

    And the next time it starts at the exercise that the learner had chosen.
    """
    screen = terminal()
    screen.sees("01_simple_layers: 0 of 9", "not started  MulLayer.backward", "q quit")
    learner.solves("01", *SWAPPED)
    screen.sees("broken    MulLayer.backward multiplies dout by the other input", "returned")
    assert "hint    " not in screen.text
    screen.press("h")
    screen.sees("hint      One of the two gradients is right.")
    assert "mistake" not in screen.text
    screen.press("h")
    screen.sees("mistake   both gradients of MulLayer use x")
    screen.press("h")
    screen.sees("That was the last hint.")
    screen.press("t")
    screen.sees("layer = MulLayer()", "print(returned)")
    learner.solves("01")
    screen.sees("01_simple_layers is done: 12 of 12 points, 1 of 1 stars.", NEXT)
    screen.press("l")
    screen.sees("01_simple_layers        done     ★      12 / 12")
    screen.press("n")
    screen.sees(NEXT)  # any key closes the list
    screen.press("n")
    screen.sees("03_affine: 0 of 10")
    screen.press("q")
    assert screen.ends() == 0
    terminal().sees("03_affine: 0 of 10")


def test_the_terminal_is_left_as_it_was(terminal):
    """Keys are not echoed while watching, and are echoed again after Ctrl-C."""
    screen = terminal()
    screen.sees("q quit")
    screen.waits_for(lambda: screen.mode() == 0, "keys as they come")
    screen.press("r")
    screen.sees("(y/n)")
    screen.press("\x03")
    screen.waits_for(lambda: screen.mode() == screen.usual, "the terminal as it was")
    assert screen.ends() == 0


def test_a_screen_reader_gets_lines_and_nothing_twice(learner, terminal):
    """No escape sequences; a hint is printed alone; a new run is printed again."""
    screen = terminal("--plain")
    screen.sees("not started  MulLayer.backward", "q quit")
    learner.solves("01", *SWAPPED)
    screen.sees("broken    MulLayer.backward multiplies")
    screen.press("h")
    screen.sees("hint      One of the two")
    screen.press("\n")
    screen.waits_for(lambda: screen.raw.count(b"hint      One of the two") == 2, "the same again")
    screen.press("q")
    assert screen.ends() == 0
    assert b"\x1b" not in screen.raw
    assert screen.raw.count(b"broken    MulLayer.backward multiplies") == 2
    assert screen.raw.count(b"q quit") == 1


@pytest.mark.thorough
def test_a_save_ends_the_run_before_it(learner, terminal):
    """Saving a fix ends the endless loop at once."""
    screen = terminal()
    screen.sees("not started")
    learner.writes("01", LOOP)
    screen.sees("checking  MulLayer.backward")
    learner.solves("01")
    screen.sees("01_simple_layers is done", NEXT)
    assert b"stopped" not in screen.raw


@pytest.mark.thorough
def test_a_save_elsewhere_is_followed_if_it_is_not_green(learner, terminal):
    """A broken earlier exercise is shown; after its repair, the current one is shown again."""
    learner.solves("01")
    screen = terminal()
    screen.sees(NEXT)
    learner.solves("01", *SWAPPED)
    screen.sees("01_simple_layers:", "broken")
    learner.solves("01")
    screen.sees(NEXT)
    learner.solves("03", ("np.sum(dout, axis=0)", "np.sum(dout)"))
    screen.sees("03_affine:", "broken")


@pytest.mark.thorough
def test_a_reset_is_asked_for_first(learner, terminal):
    """Any key except y keeps the file; y keeps a copy. With NO_COLOR there is no colour."""
    learner.solves("01", *SWAPPED)
    stub = learner.exercise("01").stub
    theirs = stub.read_bytes()
    screen = terminal(NO_COLOR="1")
    screen.sees("broken")
    screen.press("r")
    screen.sees("(y/n)")
    screen.press("q")
    screen.sees("q quit")
    assert stub.read_bytes() == theirs
    screen.press("r")
    screen.sees("(y/n)")
    screen.press("y")
    screen.sees("01_simple_layers: 0 of 9", "as it was handed out. What you wrote is in")
    assert [path.read_bytes() for path in stub.parent.glob("*.txt")] == [theirs]
    assert not re.search(rb"\x1b\[[0-9;]*3[0-9]", screen.raw)


@pytest.mark.thorough
def test_who_has_done_all_is_told(learner, terminal):
    """With the total points."""
    learner.has_parts(("the nodes", ["01_simple_layers", "02_activations"]))
    learner.solves("01")
    learner.solves("02")
    screen = terminal()
    screen.sees("All exercises are done.", "22 of 22 points, 2 of 2 exercises done.")
    learner.writes("02", learner.exercise("02").stub.read_text("utf-8") + "\nx = 1\n")
    screen.sees("02_activations is done", "22 of 22 points, 2 of 2 exercises done.")
    learner.solves("01", *SWAPPED)
    screen.sees("01_simple_layers:", "broken")


@pytest.mark.thorough
@pytest.mark.parametrize("options", [(), ("--plain",)])
def test_the_end_of_a_part_is_told_and_the_next_one_waits_for_a_key(learner, terminal, options):
    """The list and a save do not lose the question; once answered, it is not asked again."""
    learner.has_parts(("the nodes", ["01_simple_layers"]), ("the rest", ["02_activations"]))
    learner.solves("01", *SWAPPED)
    screen = terminal(*options)
    screen.sees("0 of 2 exercises done; this one takes about 40 minutes")
    learner.solves("01")
    end = "Congratulations! Part 1, the nodes, is done."
    question = "Go on with part 2, the rest? Press n."
    screen.sees(end, "12 of 12 points, 1 of 1", question, "1 of 2 exercises done")
    screen.press("l")
    screen.sees("Part 1, the nodes", "Part 2, the rest")
    screen.press("h")
    screen.sees(question)
    learner.solves("01", *SWAPPED)
    screen.sees("broken")
    learner.solves("01")
    screen.sees(end, question)
    screen.press("q")
    assert screen.ends() == 0
    screen = terminal(*options)
    screen.sees(end, question)
    screen.press("n")
    screen.sees(NEXT, "1 of 2 exercises done; this one takes about 30 minutes")
    screen.press("q")
    assert screen.ends() == 0
    screen = terminal(*options)
    screen.sees(NEXT)
    assert b"Congratulations" not in screen.raw
    learner.solves("02")
    screen.sees("All exercises are done.", "22 of 22 points, 2 of 2 exercises done.")


def test_without_keys_the_next_part_begins_at_once(learner, process):
    """A pipe cannot answer, so that nothing is asked."""
    learner.has_parts(("the nodes", ["01_simple_layers"]), ("the rest", ["02_activations"]))
    learner.solves("01")
    code = (
        "from grader.kata.watch import watch\n"
        "from grader.kata.watch.events import Ended\n"
        "from grader.kata.cli import current_progress\n"
        "from grader.kata.watch.screen import PlainScreen\n"
        "session = watch.Watch(current_progress(), PlainScreen())\n"
        "session._settle()\n"
        "while session._runs.current:\n"
        "    session._handle_next()\n"
    )
    done = process("-c", code, cwd=learner.root, KATA_LANG="en")
    assert done.returncode == 0, done.err
    *_, told = done.out.split("Congratulations! Part 1, the nodes, is done.")
    assert NEXT in told
    assert "Press n" not in done.out
