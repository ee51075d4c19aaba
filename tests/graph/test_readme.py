"""The README's query gives the README's answer."""

import json
import re

from api import Api
from started_server import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


async def test_the_query_of_the_readme_has_the_answer_that_stands_below_it(api: Api) -> None:
    request = re.search(r"-d '(.*?)'$", README, re.MULTILINE)
    answer = re.search(r"^```json\n(.*?)\n```$", README, re.MULTILINE | re.DOTALL)
    assert request is not None
    assert answer is not None

    found = await api.as_("uploader").execute(json.loads(request[1])["query"])

    assert found.body == json.loads(answer[1])
