"""Each bench runs, small, and answers with the promised object."""

import json

import pytest
from typer.testing import CliRunner

from ops.bench import runner
from ops.cli import app


@pytest.mark.parametrize(
    ("name", "figure", "ratios", "stages"),
    [
        pytest.param(
            "kafka",
            "relay_events_per_s",
            {"one_process_vs_door", "one_process_vs_plain_loop", "memory_early_vs_late"},
            set(),
            marks=pytest.mark.apache_kafka,
        ),
        ("store", "append_events_per_s", {"vs_copy", "vs_plain"}, {"encode", "append"}),
        (
            "ingest",
            "status_changes_per_s",
            {"vs_plain"},
            {"poll", "translate", "load", "decide", "encode", "append", "project"},
        ),
        ("read", "p99_us", set(), set()),
        ("http", "p99_ms_at_500_per_s", {"balances_vs_empty"}, set()),
        (
            "commands",
            "p99_ms_at_100_per_s",
            {"group_vs_single", "group_vs_single_http"},
            set(),
        ),
        ("proofs", "verified_events_per_s", {"tiles_vs_door", "tree_vs_one_hash"}, set()),
        (
            "replay",
            "long_events_per_s",
            {"memory_short_vs_long"},
            {"read", "decompress", "decode", "fold", "spell", "due"},
        ),
        (
            "export",
            "short_rows_per_s",
            {"vs_pyarrow", "events_vs_reading", "memory_short_vs_long"},
            set(),
        ),
        ("asof", "overview_p99_ms", {"p99_allowed_vs_measured", "raw_vs_balance"}, set()),
        ("rules", "facts_per_s", {"vs_three"}, set()),
        ("growth", "bytes_per_event", {"long_vs_short"}, set()),
        ("population", "people_per_s", {"per_core_vs_one_core"}, set()),
    ],
)
def test_a_bench_answers_with_figures_ratios_and_a_profile_of_this_machine(
    name: str, figure: str, ratios: set[str], stages: set[str]
) -> None:
    done = CliRunner().invoke(app, ["bench", name, "--size", "0.005", "--json"])
    found = json.loads(done.stdout)
    assert set(found) == {"name", "machine", "figures", "ratios", "profile"}
    assert found["name"] == name
    assert found["machine"]["postgres"]["fsync"] == "on"
    assert found["figures"][figure] > 0
    assert ratios <= set(found["ratios"])
    assert stages <= {name.partition("_")[0] for name in found["profile"]}
    assert set(runner.BENCHES[name][1]) <= set(found["ratios"])


def test_a_bench_that_is_not_there_is_refused_with_those_that_are() -> None:
    done = CliRunner().invoke(app, ["bench", "speed"])
    assert (
        "store, ingest, kafka, read, http, commands, proofs, replay, export, asof, rules, growth,"
        " population or all" in str(done.exception)
    )


def test_how_many_people_live_can_be_said_of_the_population_only() -> None:
    done = CliRunner().invoke(app, ["bench", "population", "--people", "30", "--json"])
    assert json.loads(done.stdout)["figures"]["people"] == 30
    wrong = CliRunner().invoke(app, ["bench", "store", "--people", "30"])
    assert "--people is for `bench population`" in str(wrong.exception)
