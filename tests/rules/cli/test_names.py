"""Whose account a clock may run on: units, and two that are none, called the same wherever they are shown."""

import pytest

from cli.console import UsageError
from cli.names import Names, known_account, known_unit
from libs.casework.deadlines.clocks import CHECKER, OFFICE
from libs.casework.deadlines.vocabulary import Account
from libs.stages.names import directory


@pytest.mark.parametrize("account", Account)
def test_an_account_that_is_no_unit_is_called_the_same_everywhere(account: Account) -> None:
    name = directory().account(account.value)
    assert name is not None
    assert (name.zh, name.en) == (account.zh, account.en)
    assert Names().unit(account.value) == f"{account.zh} {account.value}"
    assert {one.value for one in Account} == {OFFICE, CHECKER}


def test_a_unit_is_an_account_and_not_every_account_is_a_unit() -> None:
    assert (known_account("pmc"), known_account("checker"), known_account(None)) == ("pmc", "checker", None)
    assert known_unit(None) is None
    with pytest.raises(UsageError, match="there is no unit 'checker'"):
        known_unit("checker")
    with pytest.raises(UsageError, match="known: office, checker, "):
        known_account("moon")
