"""Guesses the encoding of text that is not UTF-8, so that an error message can name it.

Detectors for web pages are unreliable on text as short as comments and names. This one checks for
characters that are common in each language, and returns no guess if two encodings fit.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from grader.messages.message import Text, english

MAX_SAMPLE = 1 << 16
"""Number of bytes examined, from the first byte that is not ASCII."""

MAX_CHARACTERS = 1_000  # characters beyond ASCII that are examined in each encoding

MAX_WORD = 40  # bytes examined before the first byte that is not ASCII

LATIN = english("Latin-1 or Windows-1252")

_ENOUGH = 0.9  # minimum fraction of common characters
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"(?:[^\W\d_]|[^\x00-\x7f])+")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")

# About half of the characters of a Chinese or Korean text are among these. They distinguish GBK
# from EUC-KR, where the same bytes are common characters in both.
_CHINESE = frozenset(
    "的一是不了在人有我他这中大来上个国和也子时道说出而要于就下得可你年生自会那后能对着事其里所去行过家十用发天"
    "如然作方成者多日都三小军二无同么经法当起与好看学进种将还分此心前面又定见只主没公从见老王明李张刘陈文华林平"
    "很最重并物手应战向头文体政美相被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门"
    "任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电安少报"
    "才结受目太量再感建务做接必场件管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听"
    "白却界达光放强即像难且权思象完设式色路记南品住告类求据程北死张该交规万取拉格望觉术领共确传师观清今切"
    "院让识候带导争运笔缓存激活标签代码测试错误返作业练习答案零"
    "数值计算层函梯度向传播反正输入出权重偏置矩阵损失网络训练求导返回参量归化样本批次注意里形状先乘加结果初始"
    "赵吴郑周冯蒋沈韩杨朱秦何吕孔曹严魏姜谢苏潘葛范彭鲁袁柳史唐薛雷贺汤罗傅齐康余顾孟黄萧尹姚汪毛戴宋熊"
    "纪董梁杜贾江颜郭梅钟徐邱高夏蔡田胡万卢欧阳敏静丽娜杰伟涛磊洋勇艳娟霞超秀建辉鹏晓红玉兰宇浩然博雨欣"
    "，。：、（）；姓名学号邮箱班级"
)
_KOREAN = frozenset(
    "이다의는에을를가고한하지로은도기사나들인리그시어자대해수아라서있정일보게부여스전구조제장만성상주원요면것적오할"
    "된과와안마동무소경문우선공관유신김박최강윤임민영진현입력출값계산층함미분순역파가중치편향행렬손실학습배열반환"
)
_KANA = frozenset(map(chr, range(0x3041, 0x30FF)))
_RARE_LATIN = frozenset("ÐÝÞðýþŸŠšŽž")  # other letters in the Turkish and Polish encodings
_LONE_LATIN = frozenset("àáäèéêíóöúüßÀÉÈÖÜÄ")
_SIGN = re.compile(r"[€‚„…‘’“”•–—™\xa0£§«©®°±µ·»¿¡×÷]|[²³¹¼½¾](?![^\W\d_])")


@dataclass(frozen=True)
class _MultiByte:
    """An encoding with characters of two bytes.

    Attributes
    ----------
    name, codec : str
        Name in messages, and name of Python's codec.
    is_common : callable
        Returns whether a character is common, given its two bytes.
    """

    name: str
    codec: str
    is_common: Callable[[int, int], bool]

    def share(self, text: str) -> float:
        """Return the fraction of the characters beyond ASCII that are common."""
        found = [
            len(pair) == 2 and self.is_common(*pair)
            for pair in (one.encode(self.codec) for one in _beyond_ascii(text))
        ]
        return sum(found) / len(found)


_GBK = _MultiByte(
    "GBK", "gbk", lambda lead, trail: trail >= 0xA1 and (0xB0 <= lead <= 0xD7 or lead in (161, 163))
)
_BIG5 = _MultiByte("Big5", "big5", lambda lead, _: 0xA4 <= lead <= 0xC6 or lead == 0xA1)
_SHIFT_JIS = _MultiByte("Shift-JIS", "cp932", lambda lead, _: 0x81 <= lead <= 0x97)
_EUC_JP = _MultiByte(
    "EUC-JP", "euc_jp", lambda lead, _: 0xB0 <= lead <= 0xCF or 0xA1 <= lead <= 0xA5
)
_EUC_KR = _MultiByte(
    "EUC-KR", "cp949", lambda lead, trail: (trail >= 0xA1 and 0xB0 <= lead <= 0xC8) or lead == 0xA1
)


def guess(content: bytes) -> Text | None:
    """Guess the encoding of a text.

    Parameters
    ----------
    content : bytes
        The text, or its beginning.

    Returns
    -------
    str or None
        Name for messages; None if the content is UTF-8 or not text, or the guess is uncertain.
    """
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _alternates(content):
        return "UTF-16"
    first = _NOT_ASCII.search(content)
    if first is None:
        return None
    sample = content[max(0, first.start() - MAX_WORD) : first.start() + MAX_SAMPLE]
    if _CONTROL.search(sample) or _decoded(sample, "utf-8") is not None:
        return None
    found = [name for name in (_latin(sample), _asian(sample)) if name is not None]
    return found[0] if len(found) == 1 else None


def reason(error: ValueError) -> str:
    """Explain why a text cannot be read: where it is not UTF-8, and its likely encoding.

    Parameters
    ----------
    error : ValueError
        Error raised when the text was decoded or parsed.
    """
    if not isinstance(error, UnicodeDecodeError):
        return str(error)
    line, byte = place_of(error)
    encoding = guess(error.object)
    likely = f", most likely {encoding}" if encoding else ""
    return f"byte 0x{byte:02x} in line {line} is not UTF-8{likely}"


def place_of(error: UnicodeDecodeError) -> tuple[int, int]:
    """Find the place of a decoding error.

    Returns
    -------
    line : int
        Line number, from 1.
    byte : int
        The first byte that is invalid.
    """
    return error.object.count(b"\n", 0, error.start) + 1, error.object[error.start]


def _alternates(content: bytes) -> bool:
    """Return whether every other byte is 0, as in Latin text in UTF-16 (without a mark)."""
    sample = content[:1024]
    half = len(sample) // 2
    zeros = sample[::2].count(0), sample[1::2].count(0)
    return half > 1 and min(zeros) < half * 0.1 and max(zeros) > half * 0.6


def _beyond_ascii(text: str) -> Iterator[str]:
    return (found[0] for found in islice(_BEYOND_ASCII.finditer(text), MAX_CHARACTERS))


def _decoded(sample: bytes, codec: str) -> str | None:
    """Decode a sample, without a character cut off at its end; return None if it is invalid."""
    try:
        is_whole = len(sample) < MAX_SAMPLE
        return codecs.getincrementaldecoder(codec)().decode(sample, is_whole)
    except UnicodeDecodeError:
        return None


def _asian(sample: bytes) -> str | None:
    """Return the only Chinese, Japanese or Korean encoding that fits, or None."""
    texts = {
        one.name: text
        for one in (_GBK, _BIG5, _SHIFT_JIS, _EUC_JP, _EUC_KR)
        if (text := _decoded(sample, one.codec)) is not None and one.share(text) >= _ENOUGH
    }
    fitting = {
        # Text in another language, decoded as Japanese, has fewer kana.
        "Shift-JIS": _part(texts.get("Shift-JIS", ""), _KANA) >= 0.25,
        "EUC-JP": _part(texts.get("EUC-JP", ""), _KANA) >= 0.25,
        "GBK": _part(texts.get("GBK", ""), _CHINESE) >= 0.26,
        "EUC-KR": _part(texts.get("EUC-KR", ""), _KOREAN) >= 0.3,
    }
    found = [name for name, fits in fitting.items() if fits]
    if {"GBK", "EUC-KR"} <= set(found):
        chinese, korean = _part(texts["GBK"], _CHINESE), _part(texts["EUC-KR"], _KOREAN)
        if abs(chinese - korean) >= 0.1:
            found.remove("GBK" if korean > chinese else "EUC-KR")
    if not found and _is_big5(texts.get("Big5", "")):
        return "Big5"
    return found[0] if len(found) == 1 else None


def _is_big5(text: str) -> bool:
    """Return whether a text decoded as Big5 is plausible.

    In Latin-1, an accented letter and the letter after it also decode as one character of Big5,
    so at least one character must have a second byte that is not ASCII.
    """
    pairs = [one.encode("big5") for one in _beyond_ascii(text)]
    return len(pairs) > 2 and any(trail >= 0xA1 for _, trail in pairs)


def _part(text: str, characters: frozenset[str]) -> float:
    """Return the fraction of the characters beyond ASCII that are in `characters`."""
    found = [one in characters for one in _beyond_ascii(text)]
    return sum(found) / len(found) if found else 0.0


def _latin(sample: bytes) -> Text | None:
    """Return the name of Latin-1 if the sample has words that are mostly ASCII, or None."""
    text = _decoded(sample, "cp1252")
    if text is None:
        return None
    words = [word for word in _WORD.findall(_SIGN.sub(" ", text)) if not word.isascii()]
    words = words[:MAX_CHARACTERS]
    fitting = [word for word in words if _is_word(word)]
    return LATIN if len(fitting) >= _ENOUGH * len(words) else None


def _is_word(word: str) -> bool:
    """Return whether a word may be from a western European language."""
    if len(word) == 1:
        return word in _LONE_LATIN
    beyond = [one for one in word if one >= "\x80"]
    if any(one in _RARE_LATIN or not one.isalpha() for one in beyond):
        return False
    is_one_case = word[1:].islower() or word.isupper()
    return is_one_case and len(beyond) <= 2 * (len(word) - len(beyond))
