"""The shapes of calls, played by sipp on the real Asterisk (test_shapes.py has the table).

Each returns the carrier's side of its calls, in the order of the legs in the table.
"""

from __future__ import annotations

from typing import Any

from pbx_console.accounts.actor import SYSTEM
from pbx_console.accounts.scope import as_everyone
from pbx_console.asterisk.ami.client import ask_all
from pbx_console.pbx import callbacks
from pbx_console.pbx.models import (
    QueueCallback,
    QueueMember,
)
from pbx_console.pbx.services.conferences import save_conference
from pbx_console.pbx.services.forwards import save_forward
from pbx_console.pbx.services.hunt_groups import save_group
from pbx_console.pbx.services.menus import save_menu
from pbx_console.pbx.services.parking import save_parking_lot
from pbx_console.pbx.services.queues import change_agent
from pbx_console.pbx.services.trunks import save_route, save_trunk
from tests.asterisk.sipp import Process, Sent, wait_for
from tests.asterisk.stage import DIALLED, Stage, hang_up
from tests.asterisk.test_calls import OUTSIDE, invited

Played = list[Process]
"""The carrier's side of each call, in the order of the expected legs."""


def plain_out(stage: Stage) -> Played:
    carrier = stage.carrier()
    assert stage.phone().call(DIALLED, talk=1.2).wait() == 0
    return [carrier]


def silent_carrier(stage: Stage) -> Played:
    """It answers and never sends speech: paid until somebody hangs up, as it bills us."""
    carrier = stage.carrier("answer_silent")
    assert stage.phone().call(DIALLED, talk=1.2).wait() == 0
    return [carrier]


def plain_in(stage: Stage) -> Played:
    stage.answers(stage.phone())
    call = stage.outside(talk=1.2)
    assert call.wait() == 0
    return [call]


def no_answer_forwarded(stage: Stage) -> Played:
    stage.answers(stage.phone(), "ring")
    _forward(stage, "no_answer", 1)
    carrier = stage.carrier()
    call = stage.outside(talk=1)
    assert call.wait() == 0
    return [call, carrier]


def busy_forwarded_by_another(stage: Stage) -> Played:
    stage.answers(stage.phone(), "refuse", code="486", contact="x")
    _forward(stage, "busy", 30)
    carrier = stage.carrier()
    assert stage.phone("205").call("201", talk=1).wait() == 0
    return [carrier]


def _forward(stage: Stage, condition: str, rings: int) -> None:
    extension = stage.house.world.nordbel.extension
    with as_everyone("test"):
        type(extension).objects.filter(pk=extension.pk).update(ring_seconds=rings)
        save_forward(
            SYSTEM, extension=extension, condition=condition, outside_number=OUTSIDE
        )


def blind_transfer_outside(stage: Stage) -> Played:
    stage.answers(stage.phone(), "transfer", target=DIALLED)
    carrier = stage.carrier()
    call = stage.outside(talk=2.5)
    wait_for(lambda: invited(carrier))
    assert call.wait() == 0
    return [call, carrier]


def transfer_by_a_colleague(stage: Stage) -> Played:
    stage.answers(stage.phone("205"), "transfer", target=DIALLED)
    carrier = stage.carrier()
    assert stage.phone().call("205", talk=2.5).wait() == 0
    return [carrier]


def attended_transfer(stage: Stage) -> Played:
    """A phone holds a caller, calls outside, and joins the two carrier legs."""
    phone = stage.phone()
    stage.answers(phone, "transfer_attended", target=DIALLED, account=phone.user)
    carrier = stage.carrier()
    call = stage.outside(talk=3)
    assert call.wait() == 0
    return [call, carrier]


def attended_transfer_inside(stage: Stage) -> Played:
    """The same with a colleague: what is left is the caller and the colleague."""
    phone = stage.phone()
    stage.answers(stage.phone("205"))
    stage.answers(phone, "transfer_attended", target="205", account=phone.user)
    call = stage.outside(talk=2.5)
    assert call.wait() == 0
    return [call]


def picked_up(stage: Stage) -> Played:
    """It rings at 201, and 206 takes it: the number's own leg stays what it was."""
    picker = stage.phone("206")
    ringing = stage.answers(stage.phone(), "ring")
    call = stage.outside(talk=1.5)
    wait_for(lambda: invited(ringing))
    assert picker.call("*88201", talk=1).wait() == 0
    call.wait()  # who picked up hung up first
    return [call]


def parked_and_taken(stage: Stage) -> Played:
    with as_everyone("test"):
        customer = stage.house.world.nordbel.customer
        save_parking_lot(
            SYSTEM, customer=customer, number="700", name="Parking", places=3
        )
    colleague = stage.phone("205")
    parking = stage.answers(stage.phone(), "transfer", target="702")
    call = stage.outside(talk=4)
    wait_for(lambda: any("SIP/2.0 200" in m.text for m in _notified(parking)))
    assert colleague.call("702", talk=1).wait() == 0
    call.wait()  # who took the call hung up first
    return [call]


def _notified(phone: Process) -> list[Sent]:
    """What a phone was told of its transfer."""
    told = phone.messages()
    return [m for m in told if m.header("Event").startswith("refer")]


def group_in_front(stage: Stage) -> Played:
    held = stage.house.world.nordbel
    phone = stage.phone("205")
    with as_everyone("test"):
        member = held.customer.extensions.get(number="205").destination
        group = save_group(
            SYSTEM,
            customer=held.customer,
            number="700",
            name="Sales",
            members=[member],
        )
    stage.leads_to(group)
    stage.answers(phone)
    call = stage.outside(talk=1)
    assert call.wait() == 0
    return [call]


def group_leads_outside(stage: Stage) -> Played:
    outside = stage.outside_number()
    group = stage.noun(save_group, "700", members=[], overflow=outside)
    stage.leads_to(group)
    carrier = stage.carrier()
    call = stage.outside(talk=1)
    assert call.wait() == 0
    return [call, carrier]


def menu_in_front(stage: Stage) -> Played:
    phone = stage.phone("205")
    with as_everyone("test"):
        member = stage.house.world.nordbel.customer.extensions.get(number="205")
        place = member.destination
    menu = stage.noun(
        save_menu,
        "700",
        prompt=stage.prompt(),
        timeout_seconds=1,
        tries=1,
        keys={"1": place, "2": stage.outside_number()},
    )
    stage.leads_to(menu)
    stage.answers(phone)
    carrier = stage.carrier()
    calls = [stage.outside(talk=2, typed="1"), stage.outside(talk=3, typed="2")]
    assert [call.wait() for call in calls] == [0, 0]
    return [*calls, carrier]


def queue_in_front(stage: Stage) -> Played:
    phone = stage.phone("205")
    stage.leads_to(stage.queue("205"))
    stage.answers(phone)
    call = stage.outside(talk=2)
    assert call.wait() == 0
    return [call]


def queue_leads_outside(stage: Stage) -> Played:
    stage.leads_to(stage.queue(on_empty=stage.outside_number()))
    carrier = stage.carrier()
    call = stage.outside(talk=1.5)
    assert call.wait() == 0
    return [call, carrier]


def queue_calls_back(stage: Stage) -> Played:
    """The caller waits, presses 1, hangs up; when an agent is there, both are called."""
    phone = stage.phone("205")
    queue = stage.queue("205", empty="never", offers_callback=True)
    stage.leads_to(queue)
    with as_everyone("test"):
        seat = QueueMember.objects.get(queue=queue)
        change_agent(SYSTEM, seat, logged_in=False)
    asking = stage.outside(talk=12, typed=",1,,,*#")
    with as_everyone("test"):
        wait_for(lambda: QueueCallback.objects.filter(queue=queue).exists())
    asking.wait()  # Asterisk says that it is noted and hangs up
    stage.answers(phone)
    carrier = stage.carrier()
    assert callbacks.run() == 1
    with as_everyone("test"):
        change_agent(SYSTEM, seat, logged_in=True)
    wait_for(lambda: any(m.line.startswith("ACK") for m in carrier.messages()))
    hang_up("queue-callback")
    return [asking, carrier]


def conference_of_two_outside(stage: Stage) -> Played:
    with as_everyone("test"):
        room = save_conference(
            SYSTEM,
            customer=stage.house.world.nordbel.customer,
            number="780",
            name="Round table",
        )
    stage.leads_to(room)
    calls = [stage.outside(talk=1.5), stage.outside(talk=2)]
    assert [call.wait() for call in calls] == [0, 0]
    return calls


def conference_with_an_extension(stage: Stage) -> Played:
    """Two are inside, one comes from outside and is the last to go."""
    stage.leads_to(stage.noun(save_conference, "780"))
    inside = stage.phone().call("780", talk=0.5)
    call = stage.outside(talk=2)
    assert [inside.wait(), call.wait()] == [0, 0]
    return [call]


def called_and_sent_to_a_conference(stage: Stage) -> Played:
    """An outside party that was called is transferred into a room: 201 goes on paying."""
    stage.noun(save_conference, "780")
    carrier = stage.carrier("answer_ends")
    phone = stage.phone()
    phone.run(
        *("call_transfer", "-s", DIALLED, "-m", "1", "-timeout", "20"),
        *("-au", phone.user, "-ap", phone.secret),
        **{"from": phone.user, "target": "780"},
    )
    wait_for(lambda: any(m.line.startswith("BYE") for m in carrier.messages()))
    return [carrier]


def early_hang_up(stage: Stage) -> Played:
    stage.carrier("ring")
    call = stage.phone().run(
        *("call", "-s", DIALLED, "-m", "1", "-d", "300"),
        *("-au", stage.house.world.nordbel.extension.endpoint_id),
        *("-ap", str(stage.house.world.nordbel.extension.secret)),
        **{"from": stage.house.world.nordbel.extension.endpoint_id, "display": ""},
    )
    wait_for(lambda: any(m.status == 180 for m in call.messages()))
    call.process.terminate()  # the phone is gone; Asterisk is told by ending the channel
    call.process.wait(10)
    ask_all([{"Action": "Hangup", "Channel": "/^PJSIP/"}])
    return []


def busy(stage: Stage) -> Played:
    stage.carrier("refuse", code="486", contact="x")
    assert stage.phone().call(DIALLED).wait() == 0
    return []


def failover(stage: Stage) -> Played:
    backup = stage.house.agent(host="127.0.0.3")
    with as_everyone("test"):
        trunk = save_trunk(
            SYSTEM, slug="backup", name="Backup", host="127.0.0.3", port=backup.port
        )
        route = save_route(SYSTEM, prefix="+", trunk=trunk, position=2)
    stage.stack.callback(_drop_route, route)
    stage.carrier("refuse", code="503", contact="x")
    carrier = stage.answers(backup)
    assert stage.phone().call(DIALLED, talk=1.2).wait() == 0
    return [carrier]


def _drop_route(route: Any) -> None:
    with as_everyone("test"):
        route.delete()


def emergency(stage: Stage) -> Played:
    carrier = stage.carrier()
    assert stage.phone().call("112", talk=1.2).wait() == 0
    return [carrier]
