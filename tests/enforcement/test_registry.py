"""To whom a measure's order goes: the logins that the contract holds when it is carried out."""

from datetime import timedelta

import pytest

import story
from sekimori.contracts.models import Key
from sekimori.enforcement.actuators import registry
from sekimori.enforcement.models import Measure

pytestmark = pytest.mark.django_db


def test_a_login_that_passed_on_while_the_measure_waited_is_left_alone(folder):
    story.tell(folder, story.RESTRICTED)
    measure = Measure.objects.get(step="restrict_mail")
    contract, carried_out = story.contract(), measure.executed_at
    Key.objects.create(key="gone@isp.example", kind="login", contract=contract, valid_to=carried_out - timedelta(minutes=1))
    Key.objects.create(key="later@isp.example", kind="login", contract=contract, valid_from=carried_out + timedelta(days=1))
    Key.objects.create(key="leaves@isp.example", kind="login", contract=contract, valid_to=carried_out + timedelta(days=1))
    wanted = ("leaves@isp.example", "u1@isp.example")
    assert registry.order(measure, carried_out).logins == wanted
    assert registry.order(measure).logins == ("u1@isp.example",)  # taken back a month later: on all that it was carried out on
    measure.carried_out = {}  # an effect that was not written down: on all that it may have been carried out on
    assert registry.order(measure).logins == wanted
