import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist_model import MAX_PHOTO_BYTES, Box, Digit, DigitReader, Reading
from mnist_model.opening import FORMATS
from mnist_model.prediction import (
    SUFFIXES,
    Prediction,
    as_json,
    as_text,
    find_pictures,
    places_for,
    predict,
)
from tests.mnist_model.sheets import sheet

SCRIPT = Path(__file__).parent.parent.parent / "scripts" / "predict.py"


def run(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-W", "error", SCRIPT, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def digit(value: int, confidence: float, box: Box, row: int = 0) -> Digit:
    others = (1 - confidence) / 9
    return Digit(tuple(confidence if i == value else others for i in range(10)), box, row)


READING = Reading(
    (
        digit(7, 0.998, Box(10, 20, 30, 40)),
        digit(1, 0.5, Box(50, 20, 30, 40)),
        digit(0, 0.9, Box(10, 99, 30, 40), row=1),
    ),
    photo_size=(100, 150),
)


def test_a_line_for_a_person_says_the_reading_and_how_sure_it_is() -> None:
    assert as_text(Prediction(Path("a.png"), 3.2, READING)) == "a.png: 71/0 (44.9%)"


def test_both_lines_say_how_a_photo_was_turned_and_what_it_may_read_instead() -> None:
    digits = (digit(6, 1.0, Box(0, 0, 9, 9)), digit(8, 1.0, Box(0, 0, 9, 9)))
    prediction = Prediction(Path("a.png"), 3.2, Reading(digits, (100, 150), turned=270))
    assert as_text(prediction) == (
        "a.png: 68 (100.0%); turned by 270° to be read; 89 the other way up"
    )
    fields = json.loads(as_json(prediction))
    assert (fields["turned"], fields["other_way_up"]) == (270, "89")


def test_a_line_for_a_person_says_that_no_digit_was_seen() -> None:
    nothing = Prediction(Path("a.png"), 3.2, Reading((), (100, 150)))
    assert as_text(nothing) == "a.png: no digit seen"


def test_a_line_for_a_person_says_why_there_is_no_reading() -> None:
    assert as_text(Prediction(Path("a.png"), 0.1, error="It is blue.")) == "a.png: It is blue."


def test_a_line_for_a_machine_holds_every_digit_and_its_box() -> None:
    assert json.loads(as_json(Prediction(Path("a.png"), 3.217, READING))) == {
        "file": str(Path.cwd() / "a.png"),
        "reading": "71/0",
        "turned": 0,
        "other_way_up": None,
        "digits": [
            {"digit": 7, "confidence": 0.998, "box": [10, 20, 30, 40], "row": 0},
            {"digit": 1, "confidence": 0.5, "box": [50, 20, 30, 40], "row": 0},
            {"digit": 0, "confidence": 0.9, "box": [10, 99, 30, 40], "row": 1},
        ],
        "ms": 3.22,
    }


def test_a_line_for_a_machine_has_an_empty_reading_where_no_digit_was_seen() -> None:
    nothing = Prediction(Path("a.png"), 3.0, Reading((), (100, 150)))
    fields = json.loads(as_json(nothing))
    assert (fields["reading"], fields["digits"], "error" in fields) == ("", [], False)


def test_a_line_for_a_machine_says_why_there_is_no_reading() -> None:
    wrong = Prediction(Path("a.png"), 0.1, error="It is blue.")
    file = str(Path.cwd() / "a.png")
    assert json.loads(as_json(wrong)) == {"file": file, "error": "It is blue."}


def test_names_are_written_on_one_line_whatever_they_hold() -> None:
    odd = Prediction(Path('sev\nen "7" ü \udcff.png'), 3.0, READING)
    line = as_json(odd)
    assert "\n" not in line
    assert Path(json.loads(line)["file"]).name == 'sev\nen "7" ü \udcff.png'


def test_a_folder_gives_its_pictures_and_those_of_its_subfolders_by_name(tmp_path: Path) -> None:
    for name in ("b.PNG", "a.jpg", "notes.txt", "inner/c.heic", "inner/.d.tiff", "Makefile"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    (tmp_path / "folder.png").mkdir()
    found = [str(path.relative_to(tmp_path)) for path in find_pictures([tmp_path])]
    assert found == ["a.jpg", "b.PNG", "inner/.d.tiff", "inner/c.heic"]


def test_a_file_that_is_named_is_tried_whatever_its_name(tmp_path: Path) -> None:
    paths = [tmp_path / "notes.txt", tmp_path / "does not exist", tmp_path / ("7" * 300)]
    assert list(find_pictures(paths)) == paths


def test_a_name_that_is_too_long_is_told(reader: DigitReader, tmp_path: Path) -> None:
    assert "The file can't be opened" in str(predict(reader, tmp_path / ("7" * 300)).error)


def test_every_format_that_is_read_has_its_file_name() -> None:
    Image.init()
    endings = {ending for ending, name in Image.registered_extensions().items() if name in FORMATS}
    usual = {".jpg", ".png", ".webp", ".bmp", ".tif", ".gif", ".heic", ".avif", ".ppm"}
    assert usual <= endings & SUFFIXES
    assert SUFFIXES - endings == {".mpo"}  # which Pillow opens as a JPEG


def test_what_is_made_of_equally_named_pictures_is_kept_apart() -> None:
    pictures = [Path("/p/a/1.png"), Path("/p/b/1.png"), Path("/p/b/1.jpg"), Path("/p/b/c/1.png")]
    assert places_for(pictures, Path("out"), ".jpg") == [
        *(Path("out/a/1.png.jpg"), Path("out/b/1.png.jpg")),
        *(Path("out/b/1.jpg.jpg"), Path("out/b/c/1.png.jpg")),
    ]


def test_what_is_made_of_one_folder_lies_in_one_folder(tmp_path: Path) -> None:
    pictures = [tmp_path / "1.png", tmp_path / "x" / ".." / "2.png"]
    assert places_for(pictures, Path("out"), "") == [Path("out/1.png"), Path("out/2.png")]


def test_a_file_is_read_and_drawn(reader: DigitReader, tmp_path: Path) -> None:
    path, drawing = tmp_path / "12.png", tmp_path / "drawings" / "inner" / "12.jpg"
    path.write_bytes(sheet("12").photo())
    prediction = predict(reader, path, drawing=drawing)
    assert prediction.error is None
    assert prediction.reading == reader.read(path.read_bytes())
    assert prediction.milliseconds > 0
    with Image.open(drawing) as picture:
        assert picture.format == "JPEG"


def test_a_file_far_too_large_is_refused_without_being_read_whole(
    reader: DigitReader, tmp_path: Path
) -> None:
    path = tmp_path / "video.png"
    with path.open("wb") as file:
        file.truncate(2**40)  # a terabyte of nothing: more than memory holds
    assert f"over {MAX_PHOTO_BYTES} bytes" in str(predict(reader, path).error)


def test_a_drawing_that_cannot_be_saved_is_told_beside_the_reading(
    reader: DigitReader, tmp_path: Path
) -> None:
    path = tmp_path / "12.png"
    path.write_bytes(sheet("12").photo())
    prediction = predict(reader, path, drawing=path / "12.jpg")  # which would be inside of a file
    assert prediction.reading is not None
    assert str(path) in str(prediction.error)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one file of each kind."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "inner").mkdir()
    (folder / "47.png").write_bytes(sheet("47").photo())
    (folder / "inner" / "rows.jpg").write_bytes(sheet("10", "74").photo("JPEG"))
    (folder / "inner" / "47.png").write_bytes(sheet("7").photo("BMP"))
    (folder / "blank.webp").write_bytes(sheet("").photo("WEBP"))
    (folder / "text.png").write_text("This is not a photo.")
    (folder / "empty.gif").touch()
    (folder / "half.tif").write_bytes(sheet("47").photo("TIFF")[:5000])
    (folder / "notes.txt").write_text("Not looked at.")
    return folder


def test_the_script_prints_one_json_line_a_picture_and_ends_with_1_if_one_cannot_be_read(
    pictures: Path, tmp_path: Path
) -> None:
    done = run("--json", "--annotate", tmp_path / "out", ".", "missing.png", folder=pictures)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        line["file"] = str(Path(line["file"]).relative_to(pictures))
    assert done.stderr == ""
    assert done.returncode == 1
    readings = {line["file"]: line["reading"] for line in lines if "reading" in line}
    assert readings == {
        "47.png": "47",
        "blank.webp": "",
        "inner/47.png": "7",
        "inner/rows.jpg": "10/74",
    }
    errors = {line["file"]: line["error"] for line in lines if "error" in line}
    assert set(errors) == {"empty.gif", "half.tif", "missing.png", "text.png"}
    assert "0 bytes" in errors["empty.gif"]
    assert "does not decode" in errors["half.tif"]
    assert "No such file" in errors["missing.png"]
    assert "no picture in a known format" in errors["text.png"]
    for line in lines:
        for found in line.get("digits", []):
            assert found.keys() == {"digit", "confidence", "box", "row"}
    drawings = {str(path.relative_to(tmp_path / "out")) for path in tmp_path.rglob("*.jpg")}
    assert drawings == {f"{name}.jpg" for name in readings}


def test_the_script_prints_a_line_for_a_person_and_ends_with_0(pictures: Path) -> None:
    odd_name = os.fsdecode(b"sev\xffen.png")
    (pictures / odd_name).write_bytes((pictures / "47.png").read_bytes())
    done = run("blank.webp", odd_name, folder=pictures)
    assert (done.returncode, done.stderr) == (0, "")
    blank, odd = done.stdout.splitlines()
    assert blank == "blank.webp: no digit seen"
    assert odd.startswith("sev\\udcffen.png: 47 (")


def test_the_script_says_so_where_a_folder_has_no_picture(tmp_path: Path) -> None:
    done = run(".", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "There is no picture in .\n"


def test_the_script_ends_with_2_and_a_sentence_if_there_is_no_model(pictures: Path) -> None:
    done = run("47.png", "--model", "no.keras", folder=pictures)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("The model card no.json is missing.")
    assert "Traceback" not in done.stderr


def test_a_reading_from_a_path_is_the_one_from_its_bytes(
    reader: DigitReader, pictures: Path
) -> None:
    path = pictures / "inner" / "rows.jpg"
    read = predict(reader, path).reading
    assert read is not None
    assert read.rows == ("10", "74")
    assert np.isclose(read.confidence, reader.read(path.read_bytes()).confidence)
