import pytest

from mnist_model import Box, Digit, Reading


def reading(*rows: str, turned: int) -> Reading:
    digits = [
        Digit(tuple(float(value == int(digit)) for value in range(10)), Box(0, 0, 9, 9), number)
        for number, row in enumerate(rows)
        for digit in row
    ]
    return Reading(tuple(digits), (64, 48), turned)


@pytest.mark.parametrize("turned", [90, 270])
@pytest.mark.parametrize(
    ("rows", "other"),
    [
        (("6",), "9"),
        (("66",), "99"),
        (("98",), "86"),
        (("10",), "01"),
        (("106", "8"), "8/901"),
        (("8",), None),
        (("69",), None),
        (("16", "91"), None),
        (("665",), None),
        ((), None),
    ],
)
def test_a_photo_on_its_side_reads_otherwise_on_its_head_if_all_its_digits_are_digits_there(
    rows: tuple[str, ...], other: str | None, turned: int
) -> None:
    assert reading(*rows, turned=turned).other_way_up == other


@pytest.mark.parametrize("turned", [0, 180])
def test_a_photo_that_does_not_lie_on_its_side_reads_one_way_only(turned: int) -> None:
    assert reading("66", turned=turned).other_way_up is None
