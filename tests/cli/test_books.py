"""What auditors are given: the trial balance, exports, samples and the second reading, as typed."""

import psycopg
import pytest

from tests.cli.conftest import Rugzak
from tests.cli.lives import PUBLISHED, VOV


@pytest.mark.usefixtures("told")
def test_the_trial_balance_is_zero_sum_and_agrees_with_the_balances(rugzak: Rugzak) -> None:
    answer = rugzak("audit", "totals", "--json")
    print(rugzak("audit", "totals").out)
    assert 0
