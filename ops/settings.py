"""Settings: read once from `RUGZAK_*` variables or a TOML file, checked as a whole, then frozen.

A variable wins over the same name in the file, where it is in lower case without the prefix;
`RUGZAK_SETTINGS_FILE` names the file. All wrong names are told in one go, else all wrong values,
else all contradictions; by name and never by value, so that no secret reaches a log. A setting
that isn't there has a default with which `rugzak up` runs; without a database or a broker, the
embedded one takes its place.
"""

import os
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

PREFIX: Final = "RUGZAK_"

_FILE: Final = "settings_file"

MAX_RECORD_BYTES: Final = 1024 * 1024
"""The largest Kafka record that is taken in: what a broker accepts by default."""

MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024
"""What a producer's batch may unpack to by default; a broker takes 1 MiB of it packed."""

MAX_BATCH_RECORDS: Final = 10_000
"""A batch is one transaction under the store's table lock; longer ones starve other writers."""

MAX_BATCH_WAIT_MS: Final = 60_000
MAX_RECEIPTS_KEPT_DAYS: Final = 3_650

MIN_IDENTITY_KEY_CHARACTERS: Final = 32
"""Random ones, such as of `openssl rand -hex 32`: who guesses the key finds everybody's number."""


class SettingsError(Exception):
    """The settings are wrong; each finding names a setting and what would be right."""

    def __init__(self, findings: list[str]) -> None:
        """Hold the findings, never the values."""
        super().__init__("\n".join(findings))
        self.findings = tuple(findings)


def default_data_dir(environ: Mapping[str, str]) -> Path:
    """Return where the embedded servers keep their data when nobody says.

    One place per user and not the current folder, so that a start from another folder finds the
    same ledger instead of an empty one. For root it is `/var/lib`, because PostgreSQL refuses to
    run as root and the account that it runs under cannot enter root's home.
    """
    if base := environ.get("XDG_DATA_HOME"):
        return Path(base) / "rugzak"
    if os.geteuid() == 0:
        return Path("/var/lib/rugzak")
    return Path.home() / ".local" / "share" / "rugzak"


def _absolute(value: object) -> object:
    """Make a path absolute, so that a later change of folder cannot move the data."""
    return Path(value).expanduser().absolute() if isinstance(value, str | Path) else value


AbsolutePath = Annotated[Path, BeforeValidator(_absolute)]


class Settings(BaseModel):
    """All that an operator can set.

    Attributes:
        database_url: PostgreSQL 17 or newer; without it, the embedded one.
        kafka_bootstrap_servers: `host:port`, separated by commas; without it, the embedded broker.
        kafka_security_protocol: as Kafka's clients name it; likewise the SASL and SSL settings.
        data_dir: the embedded servers' folder.
        identity_key: the secret by which a national number becomes a person's reference. Without
            it no notifications are taken in; it is for ever, since another one makes new people.
        career_topic: where career events come in.
        rights_topic: where commands on rights come in.
        top_ups_topic: where what funders add comes in.
        dimona_topic: where notifications of Dimona come in; likewise those of the other kinds.
        consumer_group: under which the consumers share the topics' partitions.
        batch_max_records: at most so many records make one batch, thus one transaction.
        batch_max_wait_ms: how long a poll waits for the first record.
        receipts_kept_days: how long a source may retry a command and get the first answer.
        max_record_bytes: a longer record is parked unread.
        max_unpacked_bytes: a producer's batch that would unpack to more is parked as it came.
        log_format: `json` for machines, `console` for people.
        lang: in which language commands explain, unless `--lang` says.

    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: str | None = Field(default=None, repr=False)
    kafka_bootstrap_servers: str | None = None
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = None
    kafka_sasl_username: str | None = None
    kafka_sasl_password: SecretStr | None = Field(default=None, repr=False)
    kafka_ssl_cafile: AbsolutePath | None = None
    kafka_ssl_certfile: AbsolutePath | None = None
    kafka_ssl_keyfile: AbsolutePath | None = None
    data_dir: AbsolutePath = Field(default_factory=lambda: default_data_dir(os.environ))
    identity_key: SecretStr | None = Field(
        default=None, repr=False, min_length=MIN_IDENTITY_KEY_CHARACTERS
    )
    career_topic: str = Field(default="rugzak.career.v1", min_length=1)
    rights_topic: str = Field(default="rugzak.rights.v1", min_length=1)
    top_ups_topic: str = Field(default="rugzak.topups.v1", min_length=1)
    dimona_topic: str = Field(default="rugzak.dimona.v1", min_length=1)
    dmfa_topic: str = Field(default="rugzak.dmfa.v1", min_length=1)
    jobseeker_topic: str = Field(default="rugzak.jobseeker.v1", min_length=1)
    self_employed_topic: str = Field(default="rugzak.selfemployed.v1", min_length=1)
    enterprise_topic: str = Field(default="rugzak.enterprise.v1", min_length=1)
    consumer_group: str = Field(default="rugzak", min_length=1)
    batch_max_records: int = Field(default=1_000, ge=1, le=MAX_BATCH_RECORDS)
    batch_max_wait_ms: int = Field(default=200, ge=1, le=MAX_BATCH_WAIT_MS)
    receipts_kept_days: int = Field(default=90, ge=1, le=MAX_RECEIPTS_KEPT_DAYS)
    max_record_bytes: int = Field(default=MAX_RECORD_BYTES, ge=1_024, le=16 * MAX_RECORD_BYTES)
    max_unpacked_bytes: int = Field(
        default=MAX_UNPACKED_BYTES, ge=MAX_RECORD_BYTES, le=16 * MAX_UNPACKED_BYTES
    )
    log_format: Literal["json", "console"] = "console"
    lang: Literal["nl", "fr", "en"] = "en"

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """Refuse settings that contradict one another; Kafka's own error comes much later."""
        if found := list(self._contradictions()):
            raise ValueError("\n".join(found))
        return self

    def _contradictions(self) -> Iterator[str]:
        url, protocol = self.database_url, self.kafka_security_protocol
        its = f"{variable('kafka_security_protocol')} is {protocol}"
        if url is not None and not url.startswith(("postgresql://", "postgres://")):
            example = "postgresql://user@host:5432/database"
            yield f"{variable('database_url')} is not a PostgreSQL URL, such as {example}"
        if self.kafka_bootstrap_servers is None and protocol != "PLAINTEXT":
            yield f"{its}, but {variable('kafka_bootstrap_servers')} is not set"
        for name in ("kafka_sasl_mechanism", "kafka_sasl_username", "kafka_sasl_password"):
            given, needed = getattr(self, name) is not None, protocol.startswith("SASL_")
            if given and not needed:
                right = "SASL_SSL (or SASL_PLAINTEXT)"
                yield f"{variable(name)} is set, but {its}: it must be {right}"
            if needed and not given:
                yield f"{variable(name)} is missing: {protocol} needs it"
        for name in ("kafka_ssl_cafile", "kafka_ssl_certfile", "kafka_ssl_keyfile"):
            path = getattr(self, name)
            if path is not None and not protocol.endswith("SSL"):
                yield f"{variable(name)} is set, but {its}: it must be SSL or SASL_SSL"
            elif path is not None and not path.is_file():
                yield f"{variable(name)} names no file that can be found: {path}"
        if self.kafka_ssl_keyfile is not None and self.kafka_ssl_certfile is None:
            its = f"{variable('kafka_ssl_keyfile')} is set, but {variable('kafka_ssl_certfile')}"
            yield f"{its} is not: a client shows a certificate with its key, or neither"

    def kafka_client_config(self, bootstrap_servers: str | None = None) -> dict[str, Any]:
        """Return keyword arguments for kafka-python's consumer, producer and admin client.

        Args:
            bootstrap_servers: of the embedded broker, when the settings name none.

        """
        servers = self.kafka_bootstrap_servers or bootstrap_servers
        if servers is None:
            raise SettingsError([f"{variable('kafka_bootstrap_servers')} is not set"])
        config: dict[str, Any] = {
            "bootstrap_servers": [server.strip() for server in servers.split(",")],
            "security_protocol": self.kafka_security_protocol,
        }
        if self.kafka_sasl_password is not None:
            config["sasl_mechanism"] = self.kafka_sasl_mechanism
            config["sasl_plain_username"] = self.kafka_sasl_username
            config["sasl_plain_password"] = self.kafka_sasl_password.get_secret_value()
        for name in ("ssl_cafile", "ssl_certfile", "ssl_keyfile"):
            path = getattr(self, f"kafka_{name}")
            if path is not None:
                config[name] = str(path)
        return config


def variable(setting: str) -> str:
    """Return the variable that sets a setting."""
    return PREFIX + setting.upper()


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment, and from the file that it names.

    Raises:
        SettingsError: with everything that is wrong.

    """
    environ = os.environ if environ is None else environ
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX)
    }
    findings = _names_and_blanks(given, [*Settings.model_fields, _FILE], variable)
    path = given.pop(_FILE, "")
    in_file = _read_file(Path(path)) if path.strip() else {}
    findings += _names_and_blanks(in_file, Settings.model_fields, lambda name: f"{name} in {path}")
    if findings:
        raise SettingsError(findings)
    try:
        return Settings.model_validate({"data_dir": default_data_dir(environ)} | in_file | given)
    except ValidationError as error:
        wrong = [
            f"{variable(str(e['loc'][0]))}: {e['msg']}" if e["loc"] else line
            for e in error.errors(include_input=False)
            for line in e["msg"].removeprefix("Value error, ").splitlines()
        ]
    # Outside the `except`, so that no traceback carries the values along.
    raise SettingsError(wrong)


def _names_and_blanks(
    given: Mapping[str, object], known: Collection[str], shown: Callable[[str], str]
) -> list[str]:
    """Find the names that set nothing, with a near one that does, and the values that are blank.

    A blank value is mostly a secret that failed to arrive. To read it as "not set" would start an
    embedded, empty ledger in production.
    """
    findings = []
    for name, value in given.items():
        if name not in known:
            near = [f"; did you mean {shown(n)}?" for n in get_close_matches(name, known, n=1)]
            findings.append("".join([f"{shown(name)} sets nothing", *near]))
        elif isinstance(value, str) and not value.strip():
            findings.append(f"{shown(name)} is set but empty: give it a value, or unset it")
    return findings


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        wrong = f"cannot read {path}: {error.strerror}"
    except UnicodeDecodeError:
        wrong = f"{path} is not UTF-8 text"
    except tomllib.TOMLDecodeError as error:
        wrong = f"{path} is not TOML: {error}"
    # Outside the `except`, as above.
    raise SettingsError([f"{variable(_FILE)}: {wrong}"])
