"""What a client means to do on a broker: asked for before it begins, explained when it fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import sleep
from typing import Any, Final

from kafka import KafkaAdminClient
from kafka.errors import (
    AuthorizationError,
    GroupAuthorizationFailedError,
    KafkaError,
    RetriableError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailedError,
)

from consumers.clients import administrator
from consumers.greeting import greet
from consumers.refusals import BrokerRefused, lacks, principal_of
from ledger.service.outage import Explained

REQUEST_MS: Final = 5_000

GROUP_TRIES: Final = 10
GROUP_PAUSE_SECONDS: Final = 0.2
"""So often, with such pauses, a group's coordinator is asked for until there is one."""

ALL: Final = "ALL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A client's connection settings, and what it means to do with them.

    Attributes:
        kafka: connection settings of kafka-python's clients.
        reads: topics that it reads.
        writes: topics that it writes.
        group: in which it reads.
        transactional_id: under which it writes.

    """

    kafka: Mapping[str, Any]
    reads: Sequence[str] = ()
    writes: Sequence[str] = ()
    group: str | None = None
    transactional_id: str | None = None

    def demand(self, admin: KafkaAdminClient | None = None) -> None:
        """Return when the broker lets us do all of it.

        A topic that isn't there is no refusal, and neither is a broker that doesn't tell rights.
        What a transactional id needs is only seen when it is used.

        Args:
            admin: an open client; one is opened and closed when None.

        Raises:
            BrokerRefused: it doesn't.
            KafkaError: it is away.

        """
        if admin is None:
            greet(self.kafka)
            with administrator(self.kafka, request_ms=REQUEST_MS) as own:
                self.demand(own)
            return
        for operation, topics in (("Read", self.reads), ("Write", self.writes)):
            self._demand_topics(admin, operation, topics)
        if self.group is not None and not self._may_join(admin, self.group):
            raise lacks(principal_of(self.kafka), "Read", "group", [self.group])

    def explained(self, error: Exception) -> Exception:
        """Return why a client of ours failed, when it is that we are refused; else the error.

        kafka-python often only says that it could not reach a broker, or one topic of many. So all
        is demanded again.
        """
        if isinstance(error, Explained) or not isinstance(error, KafkaError | OSError):
            return error
        try:
            self.demand()
        except Explained as explained:
            return explained
        except KafkaError:
            return error
        return self._lacking(error)

    def _demand_topics(
        self, admin: KafkaAdminClient, operation: str, topics: Sequence[str]
    ) -> None:
        if not topics:
            return
        refused = [
            described["name"]
            for described in admin.describe_topics(list(topics))
            if described["error_code"] == TopicAuthorizationFailedError.errno
            or not _may(operation, described)
        ]
        if refused:
            raise lacks(principal_of(self.kafka), operation, "topic", refused)

    @staticmethod
    def _may_join(admin: KafkaAdminClient, group: str) -> bool:
        """Tell whether we may, or nobody can tell."""
        for _ in range(GROUP_TRIES):
            try:
                return _may("Read", admin.describe_groups([group])[group])
            except GroupAuthorizationFailedError:
                return False
            except ValueError:
                return True  # Tansu sends bits that are no rights
            except RetriableError:  # a new cluster makes room for groups when first asked
                sleep(GROUP_PAUSE_SECONDS)
        return True

    def _lacking(self, error: Exception) -> Exception:
        """Explain what only shows when it is tried."""
        principal = principal_of(self.kafka)
        match error:
            case TransactionalIdAuthorizationFailedError() if self.transactional_id:
                return lacks(principal, "Write", "transactional id", [self.transactional_id])
            case AuthorizationError():
                text = f"{principal} may not do this ({type(error).__name__}): an ACL is missing"
                return BrokerRefused(text, reason="cluster", principal=principal)
        return error


def _may(operation: str, described: Mapping[str, Any]) -> bool:
    """Tell whether rights hold an operation; a broker that tells none lets us try."""
    rights = described.get("authorized_operations")
    return (
        described.get("error_code") not in (0, None)
        or not rights
        or (operation.upper() in rights or ALL in rights)
    )
