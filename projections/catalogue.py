"""Every projection: a new one is a folder and a row here."""

from projections.balances.project import BALANCES
from projections.mandates.project import MANDATES
from projections.outcomes.project import OUTCOMES
from projections.projection import Projection
from projections.timeline.project import TIMELINE

PROJECTIONS: tuple[Projection, ...] = (BALANCES, TIMELINE, OUTCOMES, MANDATES)

BY_NAME: dict[str, Projection] = {projection.name: projection for projection in PROJECTIONS}
