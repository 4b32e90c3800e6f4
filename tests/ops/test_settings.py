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


def test_keys_of_the_vault_are_checked_and_shown_nowhere(tmp_path: Path) -> None:
    right = f"2026:{'ab' * 32}"
    identity = {"RUGZAK_IDENTITY_KEY": 3 * SECRET}
    [alone] = findings({"RUGZAK_VAULT_KEY": right})
    assert alone.startswith("RUGZAK_VAULT_KEY is set, but RUGZAK_IDENTITY_KEY is not")
    [wrong] = findings(identity | {"RUGZAK_VAULT_KEY": f"{right} {SECRET}"})
    assert wrong.startswith("RUGZAK_VAULT_KEY: key 2 is not written as a name")
    [no_vault] = findings({"RUGZAK_VAULT_DATABASE_URL": DATABASE})
    assert no_vault.endswith("RUGZAK_VAULT_KEY is not: there is no vault")
    file = tmp_path / "keys"
    file.write_text(f"{right}\n2025:{'cd' * 32}\n", "utf-8")
    settings = read_settings(identity | {"RUGZAK_VAULT_KEY_FILE": str(file)})
    keys = settings.master_keys()
    assert keys is not None
    assert (keys.newest, keys.names) == ("2026", ["2026", "2025"])
    assert "abab" not in repr((settings, keys))


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


OAUTH = {
    "RUGZAK_KAFKA_BOOTSTRAP_SERVERS": "kafka:9093",
    "RUGZAK_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
    "RUGZAK_KAFKA_SASL_MECHANISM": "OAUTHBEARER",
    "RUGZAK_KAFKA_OAUTH_TOKEN_URL": "https://login.example.be/token",
    "RUGZAK_KAFKA_OAUTH_CLIENT_ID": "rugzak",
    "RUGZAK_KAFKA_OAUTH_CLIENT_SECRET": SECRET,
}


def test_oauth_gives_kafkas_clients_what_asks_for_tokens_and_all_share_it() -> None:
    settings = read_settings(OAUTH)
    config = settings.kafka_client_config()
    assert config["sasl_mechanism"] == "OAUTHBEARER"
    assert config["sasl_oauth_token_provider"].principal == "User:rugzak"
    again = settings.kafka_client_config()["sasl_oauth_token_provider"]
    assert config["sasl_oauth_token_provider"] is again
    assert SECRET not in repr(settings)


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("RUGZAK_KAFKA_OAUTH_TOKEN_URL", "is missing: OAUTHBEARER needs it"),
        ("RUGZAK_KAFKA_OAUTH_CLIENT_ID", "is missing: OAUTHBEARER needs it"),
        ("RUGZAK_KAFKA_OAUTH_CLIENT_SECRET", "is missing: OAUTHBEARER needs it"),
    ],
)
def test_oauth_that_lacks_something_is_refused(missing: str, said: str) -> None:
    assert findings(without(OAUTH, missing)) == [f"{missing} {said}"]


def test_a_login_beside_oauth_or_oauth_beside_a_login_is_refused() -> None:
    [finding] = findings({**OAUTH, "RUGZAK_KAFKA_SASL_USERNAME": "rugzak"})
    assert finding == (
        "RUGZAK_KAFKA_SASL_USERNAME is set: for that RUGZAK_KAFKA_SASL_MECHANISM must be another "
        "than OAUTHBEARER"
    )
    [finding] = findings({**SASL, "RUGZAK_KAFKA_OAUTH_SCOPE": "kafka"})
    assert finding == (
        "RUGZAK_KAFKA_OAUTH_SCOPE is set: for that RUGZAK_KAFKA_SASL_MECHANISM must be OAUTHBEARER"
    )


def test_a_clients_secret_goes_without_tls_only_to_this_machine() -> None:
    name = "RUGZAK_KAFKA_OAUTH_TOKEN_URL"
    read_settings({**OAUTH, name: "http://127.0.0.1:8080/token"})
    for url in ("http://login.example.be/token", "login.example.be", "file:///etc/passwd"):
        [finding] = findings({**OAUTH, name: url})
        assert finding == f"{name} must begin with https://: the client's secret goes there"


def test_a_secret_may_come_from_a_file_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{SECRET}\n")
    environ = without(SASL, "RUGZAK_KAFKA_SASL_PASSWORD")
    environ["RUGZAK_KAFKA_SASL_PASSWORD_FILE"] = str(file)
    assert read_settings(environ) == read_settings(SASL)

    both = findings({**SASL, "RUGZAK_KAFKA_SASL_PASSWORD_FILE": str(file)})
    assert both == [
        "RUGZAK_KAFKA_SASL_PASSWORD and RUGZAK_KAFKA_SASL_PASSWORD_FILE are both set: keep one"
    ]
    file.write_text("\n")
    [finding] = findings(environ)
    assert finding == f"RUGZAK_KAFKA_SASL_PASSWORD_FILE names an empty file: {file}"
    file.unlink()
    [finding] = findings(environ)
    assert finding.startswith(
        f"RUGZAK_KAFKA_SASL_PASSWORD_FILE names a file that can't be read: {file}"
    )


def test_a_secrets_variable_wins_over_both_its_ways_in_the_file(tmp_path: Path) -> None:
    secret, file = tmp_path / "password", tmp_path / "rugzak.toml"
    secret.write_text(2 * SECRET)
    file.write_text(f'kafka_sasl_password_file = "{secret}"\n')
    environ = without(SASL, "RUGZAK_KAFKA_SASL_PASSWORD") | {"RUGZAK_SETTINGS_FILE": str(file)}
    config = read_settings(environ).kafka_client_config()
    assert config["sasl_plain_password"] == 2 * SECRET
    config = read_settings({**SASL, "RUGZAK_SETTINGS_FILE": str(file)}).kafka_client_config()
    assert config["sasl_plain_password"] == SECRET


def test_only_secrets_come_from_files_of_their_own() -> None:
    [finding] = findings({"RUGZAK_CONSUMER_GROUP_FILE": "/run/group"})
    assert finding.startswith("RUGZAK_CONSUMER_GROUP_FILE sets nothing")


def test_a_sources_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    [finding] = findings({"RUGZAK_SOURCES_FILE": str(path)})
    assert finding == f"RUGZAK_SOURCES_FILE names no file that can be found: {path}"


def test_a_keys_password_needs_its_certificate() -> None:
    tls = {"RUGZAK_KAFKA_BOOTSTRAP_SERVERS": "kafka:9093", "RUGZAK_KAFKA_SECURITY_PROTOCOL": "SSL"}
    [finding] = findings({**tls, "RUGZAK_KAFKA_SSL_PASSWORD": SECRET})
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
