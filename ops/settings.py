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
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from consumers.bounds import HELD_SECONDS, MAX_BATCH_BYTES, MAX_UNPACKED_BYTES, SESSION_TIMEOUT_MS
from ledger.vault.keys import MasterKeys

PREFIX: Final = "RUGZAK_"

_FILE: Final = "settings_file"

_IN_FILE: Final = "_file"

SECRETS: Final = (
    "database_url",
    "identity_key",
    "vault_key",
    "vault_database_url",
    "kafka_sasl_password",
    "kafka_ssl_password",
    "kafka_oauth_client_secret",
)
"""May come from a file instead, as orchestrators mount them: the same name, and `_file`."""

LOOPBACK_HOSTS: Final = ("localhost", "127.0.0.1", "::1")
"""Only to these a secret goes without TLS."""

MAX_RECORD_BYTES: Final = 1024 * 1024
"""The largest Kafka record that is taken in: what a broker accepts by default."""

MAX_BATCH_RECORDS: Final = 10_000
"""A batch is one transaction under the store's table lock; longer ones starve other writers."""

MAX_BATCH_WAIT_MS: Final = 60_000
MIN_SESSION_TIMEOUT_MS: Final = 1_000
MAX_SESSION_TIMEOUT_MS: Final = 1_800_000
"""The broker has bounds of its own, `group.min.session.timeout.ms` and the like."""

MAX_RECEIPTS_KEPT_DAYS: Final = 3_650
MAX_HELD_SECONDS: Final = 30 * 24 * 60 * 60

MAX_API_WAIT_MS: Final = 30_000
MAX_API_CODE_SECONDS: Final = 24 * 60 * 60
MAX_REQUESTS_PER_MINUTE: Final = 10_000_000

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
        kafka_ssl_password: of the key in `kafka_ssl_keyfile`, when it is encrypted.
        kafka_oauth_token_url: where tokens for OAUTHBEARER are asked for, with the grant of
            client credentials; likewise the client's id, its secret and the scope.
        kafka_oauth_cafile: who vouches for that endpoint; the system's authorities when None.
        sources_file: says which source may publish what; without it each may publish everything.
        data_dir: the embedded servers' folder.
        identity_key: the secret by which a national number becomes a person's reference. Without
            it no notifications are taken in; it is for ever, since another one makes new people.
        vault_key: the master keys of the identity vault, newest first, each `name:` and 64 hex
            digits. Without it numbers are not kept, and each number is a person of its own.
        vault_database_url: the same database for a login that may become the vault's role; that
            of `database_url` when left out.
        career_topic: where career events come in.
        rights_topic: where commands on rights come in.
        top_ups_topic: where what funders add comes in.
        dimona_topic: where notifications of Dimona come in; likewise those of the other kinds.
        relay_source: the `source` of all that goes out: an absolute URI of this installation.
        ledger_topic: where events of the ledger go out.
        balances_topic: where balances go out; it has to be compacted.
        outcomes_topic: where replies to publishers go out.
        parked_topic: where parked records go out, for operators.
        consumer_group: under which the consumers share the topics' partitions; the relay's
            transactional id is made of it.
        consumer_member: a name of this process that it keeps over restarts (static membership).
        kafka_session_timeout_ms: after this silence a consumer's partitions go to others.
        batch_max_records: at most so many records make one batch, thus one transaction.
        batch_max_bytes: at most so many bytes of records make one batch.
        batch_max_wait_ms: how long a poll waits for the first record.
        held_max_seconds: so long a request waits for the reservation or use that it names, before
            it is parked.
        receipts_kept_days: how long a source may retry a command and get the first answer.
        max_record_bytes: a longer record is parked unread.
        max_unpacked_bytes: a producer's batch that would unpack to more is parked as it came.
        audit_key_file: the private key with which the published tree of the log is signed; without
            it there is no tree.
        audit_dir: the folder of that tree, to be served as files; `audit` in `data_dir` when left
            out.
        audit_witness_folder: where each signed checkpoint is put, too, out of our reach.
        audit_witness_repository: a Git repository in which it is committed, and pushed.
        audit_topic: to which it is sent, too.
        audit_witness_keys_file: public keys of witnesses, one a line, whose signatures are kept.
        api_host: the address on which the HTTP API listens; `api_port` is its port, 0 for any free.
        api_root_path: under which a proxy in front of the API has it.
        api_requests_per_minute: how many requests each client may make of each worker.
        api_failed_requests_per_minute: how many requests without a good token may come from one
            address to each worker.
        api_trusted_proxies: addresses and networks, separated by commas, of proxies whose
            X-Forwarded-For says who asks; without it the one that connects does.
        api_wait_ms: how long an answer waits to reflect what a client has just written.
        api_code_seconds: so long a one-time code works.
        oidc_issuer: the OpenID Connect provider whose tokens the API takes; without it, tokens of
            `rugzak token`, on this machine only.
        oidc_audience: what these tokens call the API.
        log_format: `json` for machines, `console` for people.
        lang: in which language commands explain, unless `--lang` says.

    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: str | None = Field(default=None, repr=False)
    kafka_bootstrap_servers: str | None = None
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: (
        Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"] | None
    ) = None
    kafka_sasl_username: str | None = None
    kafka_sasl_password: SecretStr | None = Field(default=None, repr=False)
    kafka_ssl_cafile: AbsolutePath | None = None
    kafka_ssl_certfile: AbsolutePath | None = None
    kafka_ssl_keyfile: AbsolutePath | None = None
    kafka_ssl_password: SecretStr | None = Field(default=None, repr=False)
    kafka_oauth_token_url: str | None = None
    kafka_oauth_client_id: str | None = None
    kafka_oauth_client_secret: SecretStr | None = Field(default=None, repr=False)
    kafka_oauth_scope: str | None = None
    kafka_oauth_cafile: AbsolutePath | None = None
    sources_file: AbsolutePath | None = None
    data_dir: AbsolutePath = Field(default_factory=lambda: default_data_dir(os.environ))
    identity_key: SecretStr | None = Field(
        default=None, repr=False, min_length=MIN_IDENTITY_KEY_CHARACTERS
    )
    vault_key: SecretStr | None = Field(default=None, repr=False)
    vault_database_url: str | None = Field(default=None, repr=False)
    career_topic: str = Field(default="rugzak.career.v1", min_length=1)
    rights_topic: str = Field(default="rugzak.rights.v1", min_length=1)
    top_ups_topic: str = Field(default="rugzak.topups.v1", min_length=1)
    dimona_topic: str = Field(default="rugzak.dimona.v1", min_length=1)
    dmfa_topic: str = Field(default="rugzak.dmfa.v1", min_length=1)
    jobseeker_topic: str = Field(default="rugzak.jobseeker.v1", min_length=1)
    self_employed_topic: str = Field(default="rugzak.selfemployed.v1", min_length=1)
    enterprise_topic: str = Field(default="rugzak.enterprise.v1", min_length=1)
    relay_source: str = Field(
        default="urn:rugzak:ledger", max_length=200, pattern="^[a-z][a-z0-9+.-]*:[!-~]+$"
    )
    ledger_topic: str = Field(default="rugzak.ledger.v1", min_length=1)
    balances_topic: str = Field(default="rugzak.balances.v1", min_length=1)
    outcomes_topic: str = Field(default="rugzak.outcomes.v1", min_length=1)
    parked_topic: str = Field(default="rugzak.parked.v1", min_length=1)
    consumer_group: str = Field(default="rugzak", min_length=1)
    batch_max_records: int = Field(default=1_000, ge=1, le=MAX_BATCH_RECORDS)
    consumer_member: str | None = Field(default=None, pattern="^[A-Za-z0-9._-]{1,249}$")
    kafka_session_timeout_ms: int = Field(
        default=SESSION_TIMEOUT_MS, ge=MIN_SESSION_TIMEOUT_MS, le=MAX_SESSION_TIMEOUT_MS
    )
    batch_max_bytes: int = Field(default=MAX_BATCH_BYTES, ge=1_024, le=16 * MAX_BATCH_BYTES)
    batch_max_wait_ms: int = Field(default=200, ge=1, le=MAX_BATCH_WAIT_MS)
    held_max_seconds: int = Field(default=HELD_SECONDS, ge=1, le=MAX_HELD_SECONDS)
    receipts_kept_days: int = Field(default=90, ge=1, le=MAX_RECEIPTS_KEPT_DAYS)
    max_record_bytes: int = Field(default=MAX_RECORD_BYTES, ge=1_024, le=16 * MAX_RECORD_BYTES)
    max_unpacked_bytes: int = Field(
        default=MAX_UNPACKED_BYTES, ge=MAX_RECORD_BYTES, le=16 * MAX_UNPACKED_BYTES
    )
    audit_key_file: AbsolutePath | None = None
    audit_dir: AbsolutePath | None = None
    audit_witness_folder: AbsolutePath | None = None
    audit_witness_repository: AbsolutePath | None = None
    audit_topic: str | None = Field(default=None, min_length=1)
    audit_witness_keys_file: AbsolutePath | None = None
    api_host: str = Field(default="127.0.0.1", min_length=1)
    api_port: int = Field(default=8080, ge=0, le=65_535)
    api_root_path: str = Field(default="", pattern="^(/[A-Za-z0-9._~-]+)*$")
    api_requests_per_minute: int = Field(default=6_000, ge=1, le=MAX_REQUESTS_PER_MINUTE)
    api_failed_requests_per_minute: int = Field(default=300, ge=1, le=MAX_REQUESTS_PER_MINUTE)
    api_trusted_proxies: str | None = Field(
        default=None, pattern="^[0-9A-Fa-f:./]+( *, *[0-9A-Fa-f:./]+)*$"
    )
    api_wait_ms: int = Field(default=2_000, ge=0, le=MAX_API_WAIT_MS)
    api_code_seconds: int = Field(default=15 * 60, ge=1, le=MAX_API_CODE_SECONDS)
    oidc_issuer: str | None = Field(default=None, pattern="^https?://[!-~]+$")
    oidc_audience: str = Field(default="rugzak", min_length=1)
    log_format: Literal["json", "console"] = "console"
    lang: Literal["nl", "fr", "en"] = "en"

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """Refuse settings that contradict one another; Kafka's own error comes much later."""
        if found := list(self._contradictions()):
            raise ValueError("\n".join(found))
        return self

    def _contradictions(self) -> Iterator[str]:
        protocol = self.kafka_security_protocol
        its = f"{variable('kafka_security_protocol')} is {protocol}"
        example = "postgresql://user@host:5432/database"
        for name in ("database_url", "vault_database_url"):
            given = getattr(self, name)
            if given is not None and not given.startswith(("postgresql://", "postgres://")):
                yield f"{variable(name)} is not a PostgreSQL URL, such as {example}"
        yield from self._vault_contradictions()
        if self.kafka_bootstrap_servers is None and protocol != "PLAINTEXT":
            yield f"{its}, but {variable('kafka_bootstrap_servers')} is not set"
        yield from self._sasl_contradictions(its)
        yield from self._tls_contradictions(its)
        for name in ("sources_file", "audit_witness_keys_file"):
            yield from self._missing_files(name)

    def _vault_contradictions(self) -> Iterator[str]:
        if self.vault_key is None:
            if self.vault_database_url is not None:
                name = variable("vault_database_url")
                yield f"{name} is set, but {variable('vault_key')} is not: there is no vault"
            return
        if self.identity_key is None:
            needed = variable("identity_key")
            yield f"{variable('vault_key')} is set, but {needed} is not: numbers are found by that"
        try:
            self.master_keys()
        except ValueError as error:
            yield f"{variable('vault_key')}: {error}"

    def master_keys(self) -> MasterKeys | None:
        """Return the keys of the vault; None when there are none.

        Raises:
            ValueError: they are written otherwise; what was written is not repeated.

        """
        if self.vault_key is None:
            return None
        return MasterKeys.read(self.vault_key.get_secret_value())

    def _sasl_contradictions(self, its: str) -> Iterator[str]:
        sasl = self.kafka_security_protocol.startswith("SASL_")
        oauth = self.kafka_sasl_mechanism == "OAUTHBEARER"
        login = ("kafka_sasl_username", "kafka_sasl_password")
        client = ("kafka_oauth_token_url", "kafka_oauth_client_id", "kafka_oauth_client_secret")
        more = ("kafka_oauth_scope", "kafka_oauth_cafile")
        needed = ("kafka_sasl_mechanism", *(client if oauth else login)) if sasl else ()
        for name in ("kafka_sasl_mechanism", *login, *client, *more):
            given = getattr(self, name) is not None
            if given and not sasl:
                right = "SASL_SSL (or SASL_PLAINTEXT)"
                yield f"{variable(name)} is set, but {its}: it must be {right}"
            elif given and oauth != (name in client + more) and name != "kafka_sasl_mechanism":
                right = "another than OAUTHBEARER" if oauth else "OAUTHBEARER"
                about = f"{variable('kafka_sasl_mechanism')} must be {right}"
                yield f"{variable(name)} is set: for that {about}"
            elif name in needed and not given:
                what = self.kafka_sasl_mechanism if oauth else self.kafka_security_protocol
                yield f"{variable(name)} is missing: {what} needs it"
        url = urlsplit(self.kafka_oauth_token_url or "https://unset")
        if url.scheme != "https" and not (url.scheme == "http" and url.hostname in LOOPBACK_HOSTS):
            name = variable("kafka_oauth_token_url")
            yield f"{name} must begin with https://: the client's secret goes there"

    def _tls_contradictions(self, its: str) -> Iterator[str]:
        protocol = self.kafka_security_protocol
        files = ("kafka_ssl_cafile", "kafka_ssl_certfile", "kafka_ssl_keyfile")
        for name in (*files, "kafka_ssl_password"):
            if getattr(self, name) is not None and not protocol.endswith("SSL"):
                yield f"{variable(name)} is set, but {its}: it must be SSL or SASL_SSL"
            elif name in files:
                yield from self._missing_files(name)
        yield from self._missing_files("kafka_oauth_cafile")
        for name in ("kafka_ssl_keyfile", "kafka_ssl_password"):
            if getattr(self, name) is not None and self.kafka_ssl_certfile is None:
                its = f"{variable(name)} is set, but {variable('kafka_ssl_certfile')}"
                yield f"{its} is not: a client shows a certificate with its key, or neither"

    def _missing_files(self, name: str) -> Iterator[str]:
        path = getattr(self, name)
        if path is not None and not path.is_file():
            yield f"{variable(name)} names no file that can be found: {path}"

    def kafka_client_config(self, bootstrap_servers: str | None = None) -> dict[str, Any]:
        """Return keyword arguments for kafka-python's consumer, producer and admin client.

        Args:
            bootstrap_servers: of the embedded broker, when the settings name none.

        """
        from consumers.tokens import Client, tokens  # noqa: PLC0415  the API has no Kafka

        servers = self.kafka_bootstrap_servers or bootstrap_servers
        if servers is None:
            raise SettingsError([f"{variable('kafka_bootstrap_servers')} is not set"])
        config: dict[str, Any] = {
            "bootstrap_servers": [server.strip() for server in servers.split(",")],
            "security_protocol": self.kafka_security_protocol,
        }
        if self.kafka_oauth_client_secret is not None:
            config["sasl_mechanism"] = self.kafka_sasl_mechanism
            config["sasl_oauth_token_provider"] = tokens(
                Client(
                    url=str(self.kafka_oauth_token_url),
                    id=str(self.kafka_oauth_client_id),
                    secret=self.kafka_oauth_client_secret.get_secret_value(),
                    scope=self.kafka_oauth_scope,
                    cafile=self.kafka_oauth_cafile,
                )
            )
        if self.kafka_sasl_password is not None:
            config["sasl_mechanism"] = self.kafka_sasl_mechanism
            config["sasl_plain_username"] = self.kafka_sasl_username
            config["sasl_plain_password"] = self.kafka_sasl_password.get_secret_value()
        for name in ("ssl_cafile", "ssl_certfile", "ssl_keyfile"):
            path = getattr(self, f"kafka_{name}")
            if path is not None:
                config[name] = str(path)
        if self.kafka_ssl_certfile is not None:
            given = self.kafka_ssl_password
            # Without any, OpenSSL would ask the terminal for that of an encrypted key.
            config["ssl_password"] = given.get_secret_value() if given is not None else ""
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
    in_files = [f"{name}{_IN_FILE}" for name in SECRETS]
    findings = _names_and_blanks(given, [*Settings.model_fields, *in_files, _FILE], variable)
    path = given.pop(_FILE, "")
    in_file = _read_file(Path(path)) if path.strip() else {}
    findings += _names_and_blanks(
        in_file, [*Settings.model_fields, *in_files], lambda name: f"{name} in {path}"
    )
    given = _preferred(in_file, given)
    findings += _read_secrets(given)
    if findings:
        raise SettingsError(findings)
    try:
        return Settings.model_validate({"data_dir": default_data_dir(environ)} | given)
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


def _preferred(in_file: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Put the variables over the file, where a secret may have come by its other way."""
    both = dict(in_file)
    for name in SECRETS:
        ways = (name, f"{name}{_IN_FILE}")
        if any(way in given for way in ways):
            for way in ways:
                both.pop(way, None)
    return both | dict(given)


def _read_secrets(given: dict[str, Any]) -> list[str]:
    """Put in the secrets that have files of their own, without a line's end; tell what is wrong."""
    findings = []
    for name in SECRETS:
        way = f"{name}{_IN_FILE}"
        if way not in given:
            continue
        path = Path(str(given.pop(way))).expanduser()
        if name in given:
            findings.append(f"{variable(name)} and {variable(way)} are both set: keep one")
            continue
        try:
            secret = path.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            findings.append(f"{variable(way)} names a file that can't be read: {path}: {why}")
            continue
        if secret.strip():
            given[name] = secret
        else:
            findings.append(f"{variable(way)} names an empty file: {path}")
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
