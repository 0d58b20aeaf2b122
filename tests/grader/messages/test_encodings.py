"""Encodings are recognised in short texts, too; uncertain guesses are not reported."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.messages.encodings import LATIN, guess, reason

CODE = "import numpy as np\n\n\nclass Affine:\n    def forward(self, x):  # {}\n        return x\n"
ROSTER = "name,id\n{},17\nJane Doe,18\n"
CHINESE = [
    "返回上一层的梯度",
    "保存输入",
    "对每一列求和",
    "偏置的导数",
    "这里用转置矩阵",
    "大于零的地方",
    "学生姓名",
    "交叉熵",
    "输出层",
    "记得除以批次大小",
    "随机初始化权重",
    "避免溢出，先减去最大值",
    "陈晓明",
    "李建国",
    "王芳",
    "刘志强",
]
TRADITIONAL = [
    "儲存輸入值",
    "對每個樣本取平均",
    "這個函數會傳回梯度",
    "學生姓名",
    "陳美玲",
    "黃志明先生",
]
JAPANESE = [
    "入力を覚えておく",
    "勾配を返す",
    "バッチの大きさで割る",
    "ここは転置する",
    "オーバーフロー対策",
]
KOREAN = [
    "입력을 기억한다",
    "기울기를 반환",
    "배치 크기로 나눈다",
    "여기서 전치한다",
    "김철수",
    "박영희",
]
WESTERN = [
    "Fläche",
    "für jede Zeile",
    "nächster Schritt",
    "Eingänge merken",
    "Fehler zurückgeben",
    "Straße",
    "Jörg Weiß",
    "mémoriser l'entrée",
    "écart",
    "le résultat de l’étape précédente",
    "où l'on divise",
    "Hélène",
    "ça",
    "guarda la entrada",
    "división",
    "tamaño del lote",
    "más rápido",
    "Peña",
    "¿cuál?",
    "saída",
    "não",
    "função de perda",
    "già fatto",
    "Björn",
    "Ångström",
    "30 °C",
    "× 2",
    "½ h",
    "15 €",
]
SAMPLES = [
    *((text, "gbk", "GBK") for text in CHINESE),
    *((text, "big5", "Big5") for text in TRADITIONAL),
    *((text, "shift_jis", "Shift-JIS") for text in JAPANESE),
    *((text, "euc_jp", "EUC-JP") for text in JAPANESE),
    *((text, "euc_kr", "EUC-KR") for text in KOREAN),
    *((text, "cp1252", LATIN) for text in WESTERN),
    *((text, "utf-16", "UTF-16") for text in CHINESE + WESTERN),
    *((text, "utf-16-be", "UTF-16") for text in WESTERN),
]


@pytest.mark.parametrize("form", [CODE, ROSTER], ids=["code", "roster"])
def test_short_texts_are_told_apart(form):
    """One comment or name is enough; nearly all are recognised, and none wrongly."""
    found = [(text, name, guess(form.format(text).encode(codec))) for text, codec, name in SAMPLES]
    wrong = [one for one in found if one[2] not in (one[1], None)]
    silent = [one for one in found if one[2] is None]
    assert wrong == []
    assert len(silent) <= 0.05 * len(found), silent


@pytest.mark.parametrize(
    ("texts", "codec", "name"),
    [
        (CHINESE, "gbk", "GBK"),
        (TRADITIONAL, "big5", "Big5"),
        (JAPANESE, "shift_jis", "Shift-JIS"),
        (JAPANESE, "euc_jp", "EUC-JP"),
        (KOREAN, "euc_kr", "EUC-KR"),
        (WESTERN, "latin-1", LATIN),
        (WESTERN, "cp1252", LATIN),
    ],
)
def test_a_whole_file_is_certain(texts, codec, name):
    """Files of many lines, also if the examined part ends within a character."""
    text = "".join(f"x = 1  # {one}\n" for one in texts)
    content = text.encode(codec, "replace" if codec == "latin-1" else "strict")
    for cut in range(4):
        assert guess(b"a = 1\n" * 1000 + b" " * cut + content * 200) == name


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a = 1\n",
        "für 你好 при".encode(),
        "für".encode()[:2],
        "# 你好".encode() + b"\xff",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        bytes(range(256)),
        b"\0" * 100,
        *(text.encode("cp1251") for text in ("# градиент", "Иван,7", "# для каждого слоя")),
        *(text.encode("koi8-r") for text in ("# градиент", "Иван,7", "# для каждого слоя")),
        "# για κάθε επίπεδο".encode("cp1253"),
        "# ağırlık, şimdi".encode("cp1254"),
        "# לכל שכבה".encode("cp1255"),
        "# źródło".encode("cp1250"),
    ],
)
def test_what_is_not_certain_is_not_said(content):
    """UTF-8, content that is not text, and encodings that are not supported."""
    assert guess(content) is None


@given(st.binary(max_size=300) | st.text(max_size=50).map(lambda text: text.encode("utf-16")))
def test_nothing_stops_it(content):
    """Arbitrary content raises no exception."""
    assert guess(content) in (
        *(None, "GBK", "Big5", "Shift-JIS", "EUC-JP", "EUC-KR", LATIN, "UTF-16", "UTF-32"),
    )


@given(st.text(max_size=100))
def test_utf_8_is_never_taken_for_something_else(text):
    """Valid UTF-8 gives no guess."""
    if "\0" not in text:
        assert guess(text.encode("utf-8", "replace")) is None


@pytest.mark.thorough
@pytest.mark.parametrize(
    "unit", [b"x", b"\xff", b"\xe9", b"a\xe9", b"\xd6\xd0", b"\n\xa4\xa2", b"\0", b"\x82\xa0,"]
)
def test_a_large_file_takes_no_longer_than_a_part_of_it(unit):
    """A file of 16 MiB in one line, made to slow the grader down."""
    content = (unit * ((16 << 20) // len(unit) + 1))[: 16 << 20]
    begun = time.process_time()
    guess(content)
    guess(unit + b"a" * (16 << 20))  # one word
    guess(b"x" * (16 << 20) + unit)
    assert time.process_time() - begun < 2


def test_the_reason_names_the_line_and_the_encoding():
    """For a settings file that is not valid TOML."""
    with pytest.raises(UnicodeDecodeError) as raised:
        b"a = 1\n# f\xfcr\n".decode("utf-8")
    told = f"byte 0xfc in line 2 is not UTF-8, most likely {LATIN}"
    assert reason(raised.value) == told
    assert reason(ValueError("no value")) == "no value"
