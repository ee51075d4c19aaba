"""Numbers without gaps: blocks of a series, reserved inside a unit of work and given back when it fails."""

from persistence.database import Connection, rows


async def reserve(connection: Connection, series: str, count: int) -> int:
    """Take *count* numbers (at least 1) of a series that counts from 1; answers the first of them.

    The series stays locked until the unit of work ends, so whoever takes numbers of it later sees all that the earlier
    ones wrote. Reserve late in a unit that many run at once.
    """
    found = await rows(
        "INSERT INTO number_series (name, next_number) VALUES (?, 1 + CAST(? AS BIGINT))"
        " ON CONFLICT (name) DO UPDATE SET next_number = number_series.next_number + CAST(? AS BIGINT)"
        " RETURNING next_number",
        [series, count, count],
        connection,
    )
    return int(found[0]["next_number"]) - count
