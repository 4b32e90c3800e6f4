"""What the API answers when it can't do what was asked.

Sources: RFC 9457; Belgian REST guide, err-problem, req-valid; its schemas `openapi-problem`.
"""

from typing import Annotated, Any, Final, TypeAlias

from pydantic import ConfigDict, Field

from schemas.outgoing import Told

BELGIF: Final = "urn:problem-type:belgif:"
OWN: Final = "urn:problem-type:rugzak:"
INPUT: Final = f"{BELGIF}input-validation:"

MEDIA_TYPE: Final = "application/problem+json"

ProblemType: TypeAlias = Annotated[
    str,
    Field(
        pattern="^urn:problem-type:[a-z]+(:[A-Za-z-]+)+$",
        description="What kind of problem it is; a program decides by this.",
    ),
]


class Issue(Told):
    """What is wrong with one part of a request."""

    type: ProblemType
    title: Annotated[str, Field(description="In English; the same for each issue of the type.")]
    detail: Annotated[
        str,
        Field(
            description="What was wrong, and what would be right, in the language of "
            "`Content-Language`."
        ),
    ]
    within: Annotated[
        str,
        Field(alias="in", pattern="^(path|query|header|body)$", description="Where it is."),
    ]
    name: Annotated[
        str, Field(description="The parameter; in a body the path to the property, such as a.b[0].")
    ]
    value: Annotated[
        Any, Field(description="What was there; left out when there was nothing, or too much.")
    ] = None


class Problem(Told):
    """Why a request was not done."""

    model_config = ConfigDict(extra="allow")

    type: ProblemType
    href: Annotated[str, Field(description="Where the type is described.")] = None  # type: ignore[assignment]  # absent, never null
    title: Annotated[str, Field(description="In English; the same for each problem of the type.")]
    status: Annotated[int, Field(ge=400, le=599, description="The HTTP status.")]
    detail: Annotated[
        str, Field(description="What was wrong this time, in the language of `Content-Language`.")
    ] = None  # type: ignore[assignment]  # absent, never null
    instance: Annotated[
        str, Field(pattern="^urn:uuid:", description="This occurrence, as our log knows it.")
    ]


class BadRequest(Problem):
    """A request that is wrong in itself."""

    issues: Annotated[tuple[Issue, ...], Field(description="All that is wrong.")]
