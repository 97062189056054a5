"""What a benchmark says of figures that it could not all get."""

from __future__ import annotations

from benchmarks.in_spark import table


def test_the_most_rows_that_were_managed_are_told_beside_the_target_on_as_many() -> None:
    found = {
        ("target", 100): [1.0],
        ("target", 1_000): [4.0, 2.0, 3.0],
        ("spark, one task", 100): [2.0],
    }
    target, one, two = table(found)
    assert target.split() == ["target", "333", "ratio", "1.00", "1,000", "rows,", "3", "rounds"]
    assert one.split() == ["spark,", "one", "task", "50", "ratio", "0.50", "100", "rows,", "1", "rounds"]
    assert "none" in two
    assert "--seconds" in two
