"""Messages of funders become requests to record a fact."""

from consumers.career import term_of
from ledger.domain import facts as f
from ledger.domain.commands import RecordFact
from schemas import top_ups_v1 as wire


def request_of(message: wire.TopUpEvent) -> RecordFact:
    """Return the request that a message about a top-up makes."""
    data = message.data
    content: f.TopUp | None = None
    if isinstance(data, wire.TopUp):
        content = f.TopUp(
            scheme=data.scheme,
            bucket=data.bucket,
            funder=data.funder,
            quantity=data.quantity,
            unit=data.unit,
            term=term_of(data.period),
            course=data.course_id or "",
            purposes=data.course_kinds,
        )
    return RecordFact(
        fact=f.Fact(
            id=f.FactId(message.source, data.id),
            version=data.version,
            about="top-up",
            content=content,
        )
    )
