"""Where HubSpot's official SDK is wrong about HubSpot, or knows less. Every exception names what shows it; the judge knows no others.

"fact n" is a section of the project's facts about the HubSpot API.
"""

import re
from collections.abc import Mapping

ANSWERS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "empty properties are null": (
        re.compile(r"(^|\.)properties\.[^.]+ Input should be a valid string, not None$"),
        "fact 3.2: the guide of line items shows null, live captures too",
    ),
    "ids of associated records are numbers": (
        re.compile(r"(^|\.)(toObjectId|fromObjectId) Input should be a valid string, not \d+$"),
        "fact 6: the documentation shows a number, the OpenAPI file says text",
    ),
    "nothing is told about a dead token": (
        re.compile(
            r"(Public\w+TokenInfoResponse|\w+Introspect\w*)\.\w+ Field required, not \{'active': False\}$"
        ),
        "fact 2.1: the file of 2026-09 guarantees `active` only, as RFC 7662 does",
    ),
    "an error may lack any field": (
        re.compile(r"(^|\.)errors\.\d+\.\w+ Field required"),
        "fact 5.1: HubSpot says to treat every field as optional (page error-handling)",
    ),
}
"""What a model objects to without reason: place and objection."""

BODIES: Mapping[str, str] = {
    "POST /crm/associations/2026-03/{from_object_type}/{to_object_type}/batch/archive": "fact 1: 200 with a batch body, OpenAPI file of 2026-03",
    "POST /crm/associations/2026-03/{from_object_type}/{to_object_type}/batch/labels/archive": "the same",
}
"""Answers with a body that the SDK throws away."""

FIELDS: Mapping[str, str] = {
    "numErrors": "fact 3.5, page error-handling",
    "errors": "fact 3.5, page error-handling",
    "warnings": "fact 3.2, changelog of 2026-09",
    "link": "fact 1, and the SDK's own `NextPage`; its pager looks at `after` only",
}
"""Fields that HubSpot sends and the SDK does not know."""

REQUESTS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "associations may be left out": (
        re.compile(r"^POST \S+ request: (inputs\.\d+\.)?associations is missing$"),
        "fact 3.1: marked as required, left out in the documentation's examples and in practice",
    ),
    "a search needs none of its fields": (
        re.compile(r"^POST \S+/search request: \w+ is missing$"),
        "fact 4: several are marked as required, the documentation's examples leave them out",
    ),
    "a batch may ask for ids only": (
        re.compile(r"^POST \S+/batch/read request: (properties|propertiesWithHistory) is missing$"),
        "fact 3.1",
    ),
    "sorts are objects": (
        re.compile(r"^POST \S+/search request: sorts\.\d+ is no text$"),
        'fact 4: the documentation has `{"propertyName": ..., "direction": ...}`',
    ),
}
"""What is said against a request without reason."""
