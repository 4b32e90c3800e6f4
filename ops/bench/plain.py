"""The baseline: a plain `eventsourcing` application, written as the library's manual shows.

One aggregate per person; its projection counts a person's status changes, by the library's
runner. It knows no rules, no rights, no receipts and no positions: it does far less.
"""

from functools import singledispatchmethod
from typing import Any
from uuid import UUID

import orjson
from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import InfrastructureFactory, Tracking
from eventsourcing.postgres import PostgresDatastore, PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.utils import Environment
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

Json = dict[str, Any]


class Person(Aggregate):
    """A person and the newest version of each fact."""

    @event("Registered")
    def __init__(self, person: str, fact: Json) -> None:
        """Begin with a first fact."""
        self.person = person
        self.facts = {fact["id"]: fact}

    @staticmethod
    def create_id(person: str) -> UUID:
        """Return the person's own reference."""
        return UUID(person)

    @event("StatusRecorded")
    def record(self, fact: Json) -> None:
        """Keep the version that is the highest."""
        known = self.facts.get(fact["id"])
        if known is None or known["version"] < fact["version"]:
            self.facts[fact["id"]] = fact


class Careers(Application[UUID]):
    """Takes in career events, one at a time."""

    def take(self, value: bytes) -> int:
        """Take one record's value: load the person, record the fact, save; return the position."""
        fact = orjson.loads(value)["data"]
        try:
            person: Person = self.repository.get(UUID(fact["person"]))
            person.record(fact)
        except AggregateNotFoundError:
            person = Person(fact["person"], fact)
        return self.save(person)[-1].notification.id


class Counters(PostgresTrackingRecorder):
    """A row per person with the number of events, and the position in the same transaction."""

    def __init__(self, datastore: PostgresDatastore, **kwargs: Any) -> None:  # noqa: ANN401
        """Write the statements."""
        super().__init__(datastore, **kwargs)
        table = Identifier(datastore.schema, "counters")
        self.sql_create_statements.append(
            SQL("CREATE TABLE IF NOT EXISTS {} (person uuid PRIMARY KEY, n bigint)").format(table)
        )
        self._count = SQL(
            "INSERT INTO {} AS c VALUES (%s, 1) ON CONFLICT (person) DO UPDATE SET n = c.n + 1"
        ).format(table)

    def count(self, person: UUID, tracking: Tracking) -> None:
        """Count one event."""
        with self.datastore.transaction(commit=True) as curs:
            self._insert_tracking(curs, tracking=tracking)
            curs.execute(self._count, (person,))


class Counting(Projection[Counters]):
    """Counts every event of a person."""

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:  # noqa: ANN401
        """Count it."""
        self.view.count(domain_event.originator_id, tracking)


def environment(url: str) -> dict[str, str]:
    """Return the library's settings for a database."""
    parts = conninfo_to_dict(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parts["dbname"]),
        "POSTGRES_HOST": str(parts["host"]),
        "POSTGRES_PORT": str(parts["port"]),
        "POSTGRES_USER": str(parts["user"]),
        "POSTGRES_PASSWORD": str(parts["password"]),
    }


def counting(url: str) -> ProjectionRunner[Careers, Counters]:
    """Return the library's runner; it follows the log in a thread of its own."""
    return ProjectionRunner(
        application_class=Careers,
        projection_class=Counting,
        view_class=Counters,
        env=environment(url),
    )


def counters(url: str) -> Counters:
    """Return the view, its tables made."""
    env = Environment(Counting.name, environment(url))
    return InfrastructureFactory[Counters].construct(env).tracking_recorder(Counters)
