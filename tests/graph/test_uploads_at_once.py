"""One upload too many at a time, as a client is told."""

import pytest

from domain.vocabulary import Language
from filing.uploads_at_once import TooManyUploads
from graph.collective_file_mutations import TooManyUploadsProblem
from graph.problems import problem_from
from graph.schema import shared_schema


@pytest.mark.parametrize("language", list(Language))
def test_a_18_the_refusal_is_a_problem_with_what_was_found_and_the_limit(language: Language) -> None:
    problem = problem_from(TooManyUploads(found=5, limit=4), language)

    assert isinstance(problem, TooManyUploadsProblem)
    assert (problem.code, problem.found, problem.limit) == ("TOO_MANY_UPLOADS", 5, 4)
    assert "5" in problem.message
    assert "4" in problem.message


@pytest.mark.parametrize("payload", ["CollectiveFileTestPayload", "CollectiveFileUploadPayload"])
def test_both_ways_of_sending_can_answer_it(payload: str) -> None:
    union = next(line for line in shared_schema().as_str().splitlines() if line.startswith(f"union {payload} "))

    assert "TooManyUploads" in union.split()
