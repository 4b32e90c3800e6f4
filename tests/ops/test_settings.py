"""Settings are read once, checked as a whole, and tell nobody a secret."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from ops.settings import SettingsError, read_settings

SECRET = "Zeer-Geheim-1"  # noqa: S105
DATABASE = f"postgresql://rugzak:{SECRET}@db.example:5432/rugzak"
SASL = {
    "RUGZAK_KAFKA_BOOTSTRAP_SERVERS": "kafka-1.example:9093, kafka-2.example:9093",
    "RUGZAK_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "RUGZAK_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
    "RUGZAK_KAFKA_SASL_USERNAME": "rugzak",
    "RUGZAK_KAFKA_SASL_PASSWORD": SECRET,
}


def test_without_any_setting_it_runs_embedded() -> None:
    settings = read_settings({"HOME": "anywhere"})
    assert settings.database_url is None
    assert settings.kafka_bootstrap_servers is None
    assert settings.data_dir.is_absolute()


def test_other_programs_variables_are_nobodys_business() -> None:
    assert read_settings({"PATH": "anything", "RUGZAKKEN": "3"}) == read_settings({})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("RUGZAK_DATABSE_URL", "sets nothing; did you mean RUGZAK_DATABASE_URL?"),
        ("RUGZAK_BOOTSTRAP_SERVERS", "sets nothing; did you mean RUGZAK_KAFKA_BOOTSTRAP_SERVERS?"),
        ("RUGZAK_SETTING_FILE", "sets nothing; did you mean RUGZAK_SETTINGS_FILE?"),
        ("RUGZAK_XYZZY", "sets nothing"),
    ],
)
def test_a_name_that_sets_nothing_is_refused_with_the_nearest_that_does(
    wrong: str, said: str
) -> None:
    assert findings({wrong: SECRET}) == [f"{wrong} {said}"]


@pytest.mark.parametrize("blank", ["", "  "])
def test_an_empty_variable_is_refused_and_not_read_as_unset(blank: str) -> None:
    for name in ("RUGZAK_DATABASE_URL", "RUGZAK_KAFKA_BOOTSTRAP_SERVERS", "RUGZAK_SETTINGS_FILE"):
        assert findings({name: blank}) == [f"{name} is set but empty: give it a value, or unset it"]


def test_several_wrong_names_are_told_in_one_go() -> None:
    assert len(findings({"RUGZAK_A": "1", "RUGZAK_B": "2", "RUGZAK_DATA_DIR": ""})) == 3


def test_several_wrong_values_are_told_in_one_go_by_name_and_never_by_value() -> None:
    said = findings(
        {
            "RUGZAK_BATCH_MAX_RECORDS": SECRET,
            "RUGZAK_RECEIPTS_KEPT_DAYS": "0",
            "RUGZAK_KAFKA_SECURITY_PROTOCOL": SECRET,
            "RUGZAK_LOG_FORMAT": SECRET,
        }
    )
    assert sorted(finding.partition(":")[0] for finding in said) == [
        "RUGZAK_BATCH_MAX_RECORDS",
        "RUGZAK_KAFKA_SECURITY_PROTOCOL",
        "RUGZAK_LOG_FORMAT",
        "RUGZAK_RECEIPTS_KEPT_DAYS",
    ]
    assert SECRET not in str(said)


def test_several_contradictions_are_told_in_one_go() -> None:
    said = findings(
        {"RUGZAK_DATABASE_URL": f"mysql://root:{SECRET}@host/db"}
        | without(SASL, "RUGZAK_KAFKA_SASL_USERNAME", "RUGZAK_KAFKA_SASL_MECHANISM")
    )
    assert said == [
        "RUGZAK_DATABASE_URL is not a PostgreSQL URL, such as postgresql://user@host:5432/database",
        "RUGZAK_KAFKA_SASL_MECHANISM is missing: SASL_SSL needs it",
        "RUGZAK_KAFKA_SASL_USERNAME is missing: SASL_SSL needs it",
    ]


def test_an_identity_key_that_could_be_guessed_is_refused_and_another_shows_nowhere() -> None:
    [finding] = findings({"RUGZAK_IDENTITY_KEY": SECRET})
    assert finding.startswith("RUGZAK_IDENTITY_KEY: ")
    assert "at least 32" in finding
    assert 3 * SECRET not in repr(read_settings({"RUGZAK_IDENTITY_KEY": 3 * SECRET}))


def test_sasl_without_its_protocol_is_refused() -> None:
    [finding] = findings({"RUGZAK_KAFKA_SASL_PASSWORD": SECRET})
    assert finding == (
        "RUGZAK_KAFKA_SASL_PASSWORD is set, but RUGZAK_KAFKA_SECURITY_PROTOCOL is PLAINTEXT: "
        "it must be SASL_SSL (or SASL_PLAINTEXT)"
    )


def test_tls_to_no_broker_is_refused() -> None:
    [finding] = findings({"RUGZAK_KAFKA_SECURITY_PROTOCOL": "SSL"})
    assert finding.endswith("is SSL, but RUGZAK_KAFKA_BOOTSTRAP_SERVERS is not set")


def test_certificates_without_tls_that_are_not_there_or_have_no_pair_are_refused(
    tmp_path: Path,
) -> None:
    there, missing = tmp_path / "there.pem", tmp_path / "missing.pem"
    there.touch()
    tls = {"RUGZAK_KAFKA_BOOTSTRAP_SERVERS": "kafka:9093", "RUGZAK_KAFKA_SECURITY_PROTOCOL": "SSL"}

    [finding] = findings({"RUGZAK_KAFKA_SSL_CAFILE": str(there)})
    assert finding.endswith("is PLAINTEXT: it must be SSL or SASL_SSL")
    [finding] = findings({**tls, "RUGZAK_KAFKA_SSL_CAFILE": str(missing)})
    assert finding == f"RUGZAK_KAFKA_SSL_CAFILE names no file that can be found: {missing}"
    [finding] = findings({**tls, "RUGZAK_KAFKA_SSL_KEYFILE": str(there)})
    assert "RUGZAK_KAFKA_SSL_CERTFILE is not" in finding


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "rugzak.toml"
    file.write_text('consumer_group = "from-file"\nbatch_max_records = 7\n')
    settings = read_settings(
        {"RUGZAK_SETTINGS_FILE": str(file), "RUGZAK_CONSUMER_GROUP": "from-variable"}
    )
    assert settings.consumer_group == "from-variable"
    assert settings.batch_max_records == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('databse_url = "x"', "databse_url in {file} sets nothing; did you mean database_url in"),
        ('database_url = ""', "database_url in {file} is set but empty"),
        (f"kafka_sasl_password = {SECRET}", "RUGZAK_SETTINGS_FILE: {file} is not TOML"),
        ("\udcff", "RUGZAK_SETTINGS_FILE: {file} is not UTF-8 text"),
    ],
)
def test_a_wrong_file_is_refused_by_its_name(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "rugzak.toml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    [finding] = findings({"RUGZAK_SETTINGS_FILE": str(file)})
    assert finding.startswith(said.format(file=file))
    assert SECRET not in finding


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    [finding] = findings({"RUGZAK_SETTINGS_FILE": str(tmp_path / "nowhere.toml")})
    assert "cannot read" in finding


def test_no_secret_shows_in_a_repr() -> None:
    settings = read_settings({**SASL, "RUGZAK_DATABASE_URL": DATABASE})
    assert settings.database_url == DATABASE
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


def test_kafkas_clients_get_their_own_names() -> None:
    assert read_settings(SASL).kafka_client_config() == {
        "bootstrap_servers": ["kafka-1.example:9093", "kafka-2.example:9093"],
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "rugzak",
        "sasl_plain_password": SECRET,
    }


def test_settings_stay_as_they_were_read() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        read_settings({}).consumer_group = "other"  # type: ignore[misc]


def test_a_relative_data_folder_does_not_move_with_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings({"RUGZAK_DATA_DIR": "here"}).data_dir == tmp_path / "here"


def findings(environ: dict[str, str]) -> list[str]:
    """Read settings that are wrong; what is raised, and from what, holds no secret."""
    with pytest.raises(SettingsError) as raised:
        read_settings(environ)
    assert SECRET not in str(raised.value)
    assert raised.value.__context__ is None
    return list(raised.value.findings)


def without(settings: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in settings.items() if name not in names}
