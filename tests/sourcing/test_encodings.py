"""What a text is written in is found from its bytes; nothing that is UTF-8 is ever taken for something else."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcing.encodings import AsUtf8, encoding_of

GERMAN = "Konto;Anhänger;Größe\nmüller;1.200;Straße in Köln, schöne Grüße\n"
FRENCH = "Nom;Abonnés\nChloé Dupré;1 200\nÀ côté de chez moi, l’été;300\n"
POLISH = "Nazwa;Obserwujący\nŻaneta Łukasik;1200\nGrażyna Wiśniewska;200\n"
TURKISH = "İsim;Takipçi\nŞükrü Yılmaz;1200\nÇağla Güneş, ışık;100\n"
RUSSIAN = "Имя;Подписчики\nАнна Каренина;12000\nИван Петров и друзья;1000\n"
JAPANESE = "名前,フォロワー\n山田花子のアカウント,12000\n東京カメラ部,1000\n"
KOREAN = "이름,팔로워\n김민지,12000\n서울여행자,1000\n"


def read(content: bytes) -> str:
    codec, _ = encoding_of(content)
    return AsUtf8(io.BytesIO(content), codec).read().decode().removeprefix("\ufeff")


@pytest.mark.parametrize("times", [1, 30])
@pytest.mark.parametrize(
    ("text", "codec"),
    [(GERMAN, "cp1252"), (GERMAN, "mac_roman"), (FRENCH, "cp1252"), (POLISH, "cp1250"), (TURKISH, "cp1254"),
     (RUSSIAN, "cp1251"), (JAPANESE, "cp932"), (KOREAN, "cp949"), (GERMAN, "utf-16-le"), (POLISH, "utf-16-be"),
     (JAPANESE, "utf-16"), (RUSSIAN, "utf-16"), (GERMAN, "utf-8-sig"), (KOREAN, "utf-8"), (JAPANESE, "utf-32")],
)  # fmt: skip
def test_a_text_reads_as_it_was_written(text: str, codec: str, times: int) -> None:
    assert read((text * times).encode(codec)) == text * times


def test_a_guess_is_said_to_be_one() -> None:
    assert encoding_of(GERMAN.encode("cp1252")) == ("cp1252", "Windows-1252 by its looks")
    assert encoding_of(GERMAN.encode("utf-16")) == ("utf-16-le", "UTF-16")


def test_one_bad_line_makes_a_file_of_utf8_no_other_file() -> None:
    assert encoding_of(("schöne Grüße\n" * 5).encode() + b"bad \xff\n") == ("utf-8", "")


def test_a_sample_that_ends_inside_a_letter_is_utf8() -> None:
    assert encoding_of(("ö" * 40_000).encode()[:65_537]) == ("utf-8", "")


@given(st.text())
def test_whatever_is_utf8_stays_so(text: str) -> None:
    content = ("a,b\n" + text.replace("\x00", "")).encode("utf-8", "ignore")
    assert encoding_of(content)[0] == "utf-8"


@given(st.text(), st.integers(1, 7))
def test_it_is_turned_whole_in_whatever_pieces_it_comes(text: str, size: int) -> None:
    raw = text.encode("utf-16-le", "ignore")
    stream = AsUtf8(io.BytesIO(raw), "utf-16-le")
    pieces = []
    while piece := stream.read(size):
        pieces.append(piece)
    assert b"".join(pieces) == raw.decode("utf-16-le", "replace").encode()
