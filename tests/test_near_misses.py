"""Near misses that learners write, each with its first words, in-process and judged alike.

Most were seen in public solutions of chapter 5 of "Deep Learning from Scratch"; a repository or a
number of repositories is named where it was one spelling of many.
"""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.limits import Limits
from grader.course.modules import offer_of, read_modules
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.judging.pytest_session import PytestSession
from grader.messages.language import speaking, tell
from grader.mistakes.diagnosis import diagnose
from grader.submissions.submission import Submission
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.verdicts.verdict import Outcome
from grader.worker.module_loader import importable
from grader.worker.source import Source

COURSE = find_course(Path(__file__))
OFFER = offer_of(COURSE)
REFERENCE = read_modules(COURSE.root / "solutions", COURSE)


@pytest.fixture(scope="module")
def session():
    return PytestSession(COURSE, COURSE.exercises)


def first_finding(session, sources, module, transport):
    """What is found of the first promise that breaks, known mistakes apart."""
    exercise = COURSE.named(module)
    for item in session.items[exercise]:
        error = session.run(item, transport)
        if error is not None:
            return diagnose(error, exercise, COURSE)
    return None


def findings(session, module, changes):
    """The first finding in this process, and in a worker; `changes` may be a whole file."""
    text = changes if isinstance(changes, str) else REFERENCE[module].text
    for right, wrong in () if isinstance(changes, str) else changes:
        assert re.search(right, text, re.MULTILINE), right
        text = re.sub(right, wrong, text, flags=re.MULTILINE)
    sources = {**REFERENCE, module: Source(f"/submission/{module}.py", text)}
    with importable(sources, OFFER):
        at_home = first_finding(session, sources, module, InProcess(sources))
    with Judged(sources, confined=False, offer=OFFER) as worker:
        judged = first_finding(session, sources, module, worker)
    return at_home, judged


def one_line(reason):
    return " ".join(str(reason).split())


ABSTRACT = (
    "import numpy as np",
    "import numpy as np\nfrom abc import ABC, abstractmethod\n\n\nclass Layer(ABC):\n"
    "    @abstractmethod\n    def forward(self, x): ...\n\n"
    "    @abstractmethod\n    def backward(self, dout): ...\n",
)
UNWRITTEN = (
    "import numpy as np",
    "import numpy as np\n\n\nclass Layer:\n"
    "    def forward(self, x):\n        raise NotImplementedError\n",
)
EMPTY = (
    "import numpy as np",
    "import numpy as np\n\n\nclass Layer:\n    def forward(self, x): ...\n",
)
DERIVED = ("class Affine:", "class Affine(Layer):")
DEFINES = "{file}.py defines no {name}; it defines {near}: is that the one?"
HAS = "{who} has no {name}; it has {near}: is that the one?"
ITERATOR = """import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        index = it.multi_index
        kept = x[index]
        x[index] = kept + h
        above = f(x)
        x[index] = kept - h
        below = f(x)
        grad[index] = (above - below) / (2 * h)
        x[index] = kept
        it.iternext
    return grad
"""


def defines(module, name, near):
    told = DEFINES.format(file=module, name=name, near=near)
    return module, ((rf"\b{name}\b", near),), told


def has(module, name, near, who):
    return module, ((rf"\b{name}\b", near),), HAS.format(who=who, name=name, near=near)


NEAR = {
    # Classes and functions
    "Mullayer (pimang62)": defines("simple_layers", "MulLayer", "Mullayer"),
    "MultiLayer (several)": defines("simple_layers", "MulLayer", "MultiLayer"),
    "MullLayer (several)": defines("simple_layers", "MulLayer", "MullLayer"),
    "MulLayr": defines("simple_layers", "MulLayer", "MulLayr"),
    "Mul_Layer": defines("simple_layers", "MulLayer", "Mul_Layer"),
    "Multiply": defines("simple_layers", "MulLayer", "Multiply"),
    "Multiplication": defines("simple_layers", "MulLayer", "MultiplicationLayer"),
    "Mul": defines("simple_layers", "MulLayer", "Mul"),
    "Addlayer (pimang62)": defines("simple_layers", "AddLayer", "Addlayer"),
    "Add": defines("simple_layers", "AddLayer", "Add"),
    "AdditionLayer": defines("simple_layers", "AddLayer", "AdditionLayer"),
    "ReLU (several)": defines("activations", "Relu", "ReLU"),
    "ReLu (several)": defines("activations", "Relu", "ReLu"),
    "ReluLayer (fidemin)": defines("activations", "Relu", "ReluLayer"),
    "SigmoidLayer (fidemin)": defines("activations", "Sigmoid", "SigmoidLayer"),
    "Sigmod": defines("activations", "Sigmoid", "Sigmod"),
    "AffineLayer (several)": defines("affine", "Affine", "AffineLayer"),
    "Afine": defines("affine", "Affine", "Afine"),
    "SoftmaxLoss": defines("softmax_with_loss", "SoftmaxWithLoss", "SoftmaxLoss"),
    "SoftWithLoss": defines("softmax_with_loss", "SoftmaxWithLoss", "SoftWithLoss"),
    "softmaxwithloss": defines("softmax_with_loss", "SoftmaxWithLoss", "softmaxwithloss"),
    "SoftmaxWithLossLayer": defines("softmax_with_loss", "SoftmaxWithLoss", "SoftmaxWithLossLayer"),
    "softMax": defines("softmax_with_loss", "softmax", "softMax"),
    "softmax_function": defines("softmax_with_loss", "softmax", "softmax_function"),
    "cross_entropy": defines("softmax_with_loss", "cross_entropy_error", "cross_entropy"),
    "crossEntropyError": defines("softmax_with_loss", "cross_entropy_error", "crossEntropyError"),
    "num_gradient": defines("numerical_gradient", "numerical_gradient", "num_gradient"),
    "numerical_grad": defines("numerical_gradient", "numerical_gradient", "numerical_grad"),
    "TwoLayer": defines("two_layer_net", "TwoLayerNet", "TwoLayer"),
    "TwoLayersNet": defines("two_layer_net", "TwoLayerNet", "TwoLayersNet"),
    "training": defines("mnist", "train", "training"),
    # Methods
    "backword (ten repositories)": has("affine", "backward", "backword", "Affine"),
    "foward": has("affine", "forward", "foward", "Affine"),
    "forvard": has("activations", "forward", "forvard", "Relu"),
    "Forward": has("simple_layers", "forward", "Forward", "MulLayer"),
    "forward_prop": has("affine", "forward", "forward_prop", "Affine"),
    "acurracy": has("two_layer_net", "accuracy", "acurracy", "TwoLayerNet"),
    "pred": has("two_layer_net", "predict", "pred", "TwoLayerNet"),
    "numerical_gradients": (
        "two_layer_net",
        ((r"def numerical_gradient", "def numerical_gradients"),),
        "TwoLayerNet has no numerical_gradient; it has numerical_gradients: is that the one?",
    ),
    "an abstract base class": (
        "affine",
        (ABSTRACT, DERIVED, ("forward", "foward")),
        "Affine has no forward; it has foward: is that the one?",
    ),
    "an unwritten base class": (
        "affine",
        (UNWRITTEN, DERIVED, ("def forward.self, x:", "def foward(self, x:")),
        "Affine has no forward; it has foward: is that the one?",
    ),
    "an empty base class": (
        "affine",
        (EMPTY, DERIVED, ("def forward.self, x:", "def forwards(self, x:")),
        "Affine has no forward; it has forwards: is that the one?",
    ),
    # Attributes
    "dw from the start (several)": has("affine", "dW", "dw", "Affine"),
    "d_w": has("affine", "dW", "d_w", "Affine"),
    "dB": has("affine", "db", "dB", "Affine"),
    "dbb": has("affine", "db", "dbb", "Affine"),
    "bd": has("affine", "db", "bd", "Affine"),
    "grad_W": has("affine", "dW", "grad_W", "Affine"),
    "dL_dW": has("affine", "dW", "dL_dW", "Affine"),
    "Mask": has("activations", "mask", "Mask", "Relu"),
    "param": has("two_layer_net", "params", "param", "TwoLayerNet"),
    "Layers": has("two_layer_net", "layers", "Layers", "TwoLayerNet"),
    "dw set later": (
        "affine",
        ((r"self\.dW = np", "self.dw = np"),),
        "it is still None; dw was set: is that the one?",
    ),
    "D_b set later": (
        "affine",
        ((r"self\.db = np", "self.D_b = np"),),
        "it is still None; D_b was set: is that the one?",
    ),
    "Mask set later": (
        "activations",
        ((r"self\.mask = x", "self.Mask = x"),),
        "it is still None; Mask was set: is that the one?",
    ),
    "Y set later": (
        "simple_layers",
        ((r"self\.y = y", "self.Y = y"),),
        "self.y is None here; self.Y was set: is that the one?",
    ),
    "the learner's own lastlayer": (
        "two_layer_net",
        ((r"self\.last_layer\.backward", "self.lastLayer.backward"),),
        "perhaps did you mean last_layer?",
    ),
    "chape": ("softmax_with_loss", ((r"y\.shape", "y.chape"),), "perhaps did you mean shape?"),
    # Keys
    "layers Relu (five repositories)": (
        "two_layer_net",
        (('"Relu1"', '"Relu"'),),
        "there is no key 'Relu1'; there is 'Relu': is that the one?",
    ),
    "layers ReLu": (
        "two_layer_net",
        (('"Relu1"', '"ReLu"'),),
        "there is no key 'Relu1'; there is 'ReLu': is that the one?",
    ),
    "layers affine1": (
        "two_layer_net",
        (('"Affine1"', '"affine1"'),),
        "there is no key 'Affine1'; there is 'affine1': is that the one?",
    ),
    "grads dW1": (
        "two_layer_net",
        (('"W1": first', '"dW1": first'),),
        "the key 'W1' is missing; there is 'dW1': is that the one?",
    ),
    "grads w1 (several)": (
        "two_layer_net",
        (('"W1": first', '"w1": first'), ('"W2": second', '"w2": second')),
        "the key 'W2' is missing; there is 'w2': is that the one?",
    ),
    "grads grad_b2": (
        "two_layer_net",
        (('"b2": second', '"grad_b2": second'),),
        "the key 'b2' is missing; there is 'grad_b2': is that the one?",
    ),
    "the learner's own key": (
        "two_layer_net",
        (
            (
                r'first, second = self\.layers\["Affine1"\]',
                'first, second = self.layers["Affine_1"]',
            ),
        ),
        "perhaps did you mean 'Affine1'?",
    ),
    # Arguments
    "weight_std": (
        "two_layer_net",
        (("weight_init_std", "weight_std"),),
        "TwoLayerNet has no argument weight_init_std; it has weight_std: is that the one?",
    ),
    "lr": (
        "mnist",
        (("learning_rate", "lr"),),
        "train has no argument learning_rate; it has lr: is that the one?",
    ),
    "batchsize": (
        "mnist",
        (("batch_size", "batchsize"),),
        "train has no argument batch_size; it has batchsize: is that the one?",
    ),
    "iters_num (the book)": (
        "mnist",
        (("iterations", "iters_num"),),
        "train has no argument iterations; it has iters_num: is that the one?",
    ),
    # Statements that do not do what they seem to
    "x.copy": (
        "activations",
        (
            (
                r"        return np\.maximum\(x, 0\)",
                "        out = x.copy\n        out[self.mask] = 0\n        return out",
            ),
        ),
        "`x.copy` is not called: write `x.copy()`",
    ),
    "dx.copy returned": (
        "affine",
        ((r"return dx", "return dx.copy"),),
        "it is a method that was not called perhaps affine.py:73: `dx.copy` is not called",
    ),
    "layers.values": (
        "two_layer_net",
        ((r"reversed\(self\.layers\.values\(\)\)", "reversed(self.layers.values)"),),
        "`self.layers.values` is not called: write `self.layers.values()`",
    ),
    "a comma after an attribute": (
        "affine",
        ((r"self\.x = x$", "self.x = x,"),),
        "affine.py:50: the comma at the end makes a tuple of one",
    ),
    "a comma after the result": (
        "affine",
        ((r"return dx$", "return dx,"),),
        "it is a tuple of one perhaps affine.py:73: the comma at the end makes a tuple of one",
    ),
    "a comma after a pair": (
        "simple_layers",
        ((r"return dx, dy$", "return (dx, dy),"),),
        "the comma at the end makes a tuple of one",
    ),
    "a comma before = (AffineLayer)": (
        "affine",
        ((r"self\.W = W$", "self.W, = W"),),
        "affine.py:31: the comma before = takes the value apart",
    ),
    "== for =": (
        "affine",
        ((r"self\.x = x$", "self.x == x"),),
        "`self.x == x` only compares: = assigns",
    ),
    # What is None where it is used
    "out not kept": (
        "activations",
        (
            (r"^        self\.out = (.*)$", r"        out = \1"),
            (r"return self\.out$", "return out"),
        ),
        "self.out is None here: nothing was assigned to it",
    ),
    "x not kept": (
        "affine",
        ((r"^        self\.x = x$", "        pass"),),
        "self.x is None here: nothing was assigned to it",
    ),
    # Values
    "percent": (
        "two_layer_net",
        ((r"np\.mean\(guesses", "100 * np.mean(guesses"),),
        "it is 100 times what it should be, like a percentage",
    ),
    "a list of numbers": (
        "simple_layers",
        ((r"return x \+ y", "return [x, y]"),),
        "a number was expected; it is a list of 2",
    ),
    "a list of one": (
        "simple_layers",
        ((r"return x \+ y", "return [x + y]"),),
        "a number was expected; it is a list of the right numbers",
    ),
}


ENGLISH = r"is that the one|did you mean|not called|is None|tuple of one|compares|takes|should be"


@pytest.mark.parametrize(("module", "changes", "told"), NEAR.values(), ids=NEAR)
def test_a_near_miss_is_named_first(session, module, changes, told):
    """In the first message, at home and judged alike, and in Chinese with the same names."""
    at_home, judged = findings(session, module, changes)
    assert told in one_line(at_home.message)
    assert str(judged.message) == str(at_home.message)
    with speaking("zh-CN"):
        chinese = tell(at_home.message, COURSE.root)
    assert not re.search(
        r"is that the one|did you mean|is not called|is None|tuple of one", chinese
    )


TOLD_OF_ITERATOR = "numerical_gradient.py:17: `it.iternext` is not called: write `it.iternext()`"


def test_a_loop_that_never_ends_is_explained_by_the_method_that_is_not_called(session, monkeypatch):
    """Nothing fails in it, so that there is no place to look at but the code itself."""
    monkeypatch.setattr("grader.transport.student.MAX_CALLBACKS", 200)
    for finding in findings(session, "numerical_gradient", ITERATOR):
        assert TOLD_OF_ITERATOR in one_line(finding.message)


def test_code_is_examined_even_when_all_of_its_time_is_used_up(session):
    """That takes no time of the submission."""
    limits = replace(Limits(), call_seconds=0.2, total_seconds=0.2)
    unheard = ITERATOR.replace("f(x)", "0.0")  # whoever calls f too often is ended by the spec
    sources = {"numerical_gradient": Source("/submission/numerical_gradient.py", unheard)}
    with Judged(sources, confined=False, offer=OFFER, limits=limits) as worker:
        finding = first_finding(session, sources, "numerical_gradient", worker)
        assert worker.spent < 0.5
    assert finding.outcome is Outcome.TIMED_OUT
    assert TOLD_OF_ITERATOR in one_line(finding.message)


FAR = {
    "AddLayer alone (nine repositories)": (
        "simple_layers",
        (("MulLayer", "Product"),),
    ),
    "MulLayer alone": ("simple_layers", (("AddLayer", "Total"),)),
    "Sigmoid alone": ("activations", (("Relu", "Rectifier"),)),
    "functions for classes": (
        "activations",
        "def relu(x): return x\n\n\ndef sigmoid(x): return x\n",
    ),
    "a value for a class": ("affine", "Affine1 = 1\naffine = 2\n"),
    "classes for functions": (
        "softmax_with_loss",
        "class Softmax: ...\n\n\nclass CrossEntropyError: ...\n",
    ),
    "Softmax for SoftmaxWithLoss": (
        "softmax_with_loss",
        (("class SoftmaxWithLoss", "class Softmax"),),
    ),
    "b for db": ("affine", ((r"self\.db", "db"), (r"db: .*= None", "pass"))),
    "W for dW": ("affine", ((r"self\.dW", "dW"), (r"dW: .*= None", "pass"))),
    "B of the constructor": (
        "affine",
        (
            (r"b: np.ndarray\)", "dB)"),
            (r"self\.b = b", "self.b = self.dB = dB"),
            (r"\.db", ".grad"),
        ),
    ),
    "dx for dW": ("affine", ((r"self\.dW", "self.dx"),)),
    "db for dW": ("affine", ((r"^        self\.dW.*$", ""),)),
    "x for y": ("simple_layers", ((r"^        self\.y: .*$", ""), (r"^        self\.y = y$", ""))),
    "two that may be meant": ("affine", ((r"self\.dW = (.*)", r"self.dw = self.d_w = \1"),)),
    "W3 for W2": ("two_layer_net", (('"W2": second', '"W3": second'),)),
    "W1 for W2": ("two_layer_net", (('"W2": second.dW, ', ""),)),
    "Affine2 for Affine1": ("two_layer_net", (('"Affine1"', '"First"'),)),
    "gradient for numerical_gradient": (
        "two_layer_net",
        ((r"def numerical_gradient", "def central_differences"),),
    ),
    "score for accuracy": ("two_layer_net", (("def accuracy", "def score"),)),
    "a method for an attribute": (
        "two_layer_net",
        (
            (r"self\.params", "self.weights"),
            ("def predict", "def param(self): ...\n\n    def predict"),
        ),
    ),
    "an attribute for a method": (
        "two_layer_net",
        (
            ("def accuracy", "def measure"),
            (r"self\.last_layer =", "self.accuracies = self.last_layer ="),
        ),
    ),
    "eta for learning_rate": ("mnist", (("learning_rate", "eta"),)),
    "epochs for iterations": ("mnist", (("iterations", "epochs"),)),
    "gradient of another function": (
        "numerical_gradient",
        (("def numerical_gradient", "def gradient"),),
    ),
    "the book's W, = params": (
        "affine",
        (
            (r"self\.W = W$", "self.W = W; self.kept = [W]"),
            (r"dx = .*$", "W, = self.kept; dx = 2 * np.dot(dout, W.T)"),
        ),
    ),
    "a method kept for later": (
        "affine",
        ((r"return np.dot\(x, self\.W\) \+", "product = x.dot; return product(self.W) -"),),
    ),
    "None that is no cause": (
        "affine",
        ((r"return np.dot\(x, self\.W\) \+ self\.b", "return np.sum(x, out=self.dW)"),),
    ),
    "a tuple of one on purpose": (
        "affine",
        ((r"self\.x = x$", "self.x = x; self.sizes = (len(x),)"), ("axis=0", "axis=1")),
    ),
    "ten times": ("two_layer_net", ((r"np\.mean\(guesses", "10 * np.mean(guesses"),)),
}


@pytest.mark.parametrize(("module", "changes"), FAR.values(), ids=FAR)
def test_in_doubt_no_name_is_offered(session, module, changes):
    """No name that is itself asked for or a constructor's argument, and none of another kind."""
    at_home, judged = findings(session, module, changes)
    words = r"is that the one|did you mean|is not called|comma|only compares|100 times|1/100"
    assert not re.search(words, one_line(at_home.message)), at_home.message
    assert str(judged.message) == str(at_home.message)


# Given cases


BOOK_ORDER = """import numpy as np


class Relu:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx[self.mask] = 0
        return dx


class Sigmoid:
    {constructor}

    def forward(self, x):
        out = 1 / (1 + np.exp(-x))
        return out

    def backward(self, dout):
        return {product}
"""
CONSTRUCTORS = {"None": "def __init__(self):\n        self.out = None", "not there": "slope = 1"}
PRODUCTS = (
    "dout * (1.0 - self.out) * self.out",
    "dout * self.out * (1.0 - self.out)",
    "self.out * (1 - self.out) * dout",
    "np.multiply(dout, self.out * (1 - self.out))",
    "(1 - self.out) * self.out * dout",
)


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE, [COURSE.named("activations")], confined=False)


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("constructor", CONSTRUCTORS.values(), ids=CONSTRUCTORS)
@pytest.mark.parametrize("product", PRODUCTS)
def test_what_is_not_kept_is_named_whatever_the_order_of_factors(judge, constructor, product):
    """The text of the exception depends on the order; its place does not.

    In the book's order, `1.0 - self.out` fails; in the reference's, `dout * self.out` does.
    """
    text = BOOK_ORDER.format(constructor=constructor, product=product)
    sources = {"activations": Source("/submission/activations.py", text)}
    exercise = COURSE.named("activations")
    verdict = judge.judge(Submission("ann", sources, (exercise,)))
    with importable(sources, OFFER):
        at_home = judge.judge_exercise(exercise, InProcess(sources))
    for specs in (verdict.exercises[0].specs, at_home.specs):
        broken = next(spec for spec in specs if "Sigmoid_backward" in spec.name)
        assert broken.mistake == "sigmoid_out_not_kept"
