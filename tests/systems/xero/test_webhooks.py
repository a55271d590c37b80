"""Deliveries of Xero's webhooks."""

import pytest

from crossfoot.model.identity import Kind
from crossfoot.systems.xero import webhooks
from crossfoot.systems.xero.webhooks import Signal

BODY = (
    b'{"events":[{"resourceUrl":"https://x","resourceId":"c1","eventDateUtc":"2026-11-02T09:00:00.000",'
    b'"eventType":"Update","eventCategory":"contact","tenantId":"t1","tenantType":"ORGANISATION"},'
    b'{"resourceId":"c1","eventCategory":"CONTACT","tenantId":"t1"},'
    b'{"resourceId":"i1","eventCategory":"INVOICE","tenantId":"t1"}],'
    b'"firstEventSequence":1,"lastEventSequence":3,"entropy":"ABC"}'
)


def test_only_what_xero_signed_is_genuine() -> None:
    headers = {webhooks.SIGNATURE_HEADER: webhooks.signature("key", BODY)}
    assert webhooks.verify("key", BODY, headers)
    assert not webhooks.verify("other key", BODY, headers)
    assert not webhooks.verify("key", BODY + b" ", headers)
    assert not webhooks.verify("key", BODY, {})
    assert not webhooks.verify("key", BODY, {webhooks.SIGNATURE_HEADER: "ü"})


def test_the_signature_is_the_base64_of_an_hmac_of_the_bytes() -> None:
    assert webhooks.signature("key", b"{}") == "p3dyTZQ+tI3Gm8qKSm1XoE2z+ex+HeTlgehgJlvfMDI="


def test_a_delivery_hints_at_each_record_once() -> None:
    assert webhooks.signals(BODY) == [
        Signal("xero:t1", Kind.CONTACT, "c1"),
        Signal("xero:t1", Kind.INVOICE, "i1"),
    ]


def test_money_of_all_kinds_is_heard_and_only_what_we_keep_is_looked_at() -> None:
    categories = ("INVOICE", "CREDITNOTE", "PREPAYMENT", "OVERPAYMENT", "Payment", "SUBSCRIPTION", "")
    events = ",".join(
        f'{{"resourceId":"r{n}","eventCategory":"{category}","tenantId":"t1","eventType":"UPDATE",'
        f'"data":{{"Type":"ACCRECPAYMENT","Status":"DELETED"}}}}'
        for n, category in enumerate(categories)
    )
    assert webhooks.signals(f'{{"events":[{events}]}}'.encode()) == [
        Signal("xero:t1", Kind.INVOICE, "r0"),
        Signal("xero:t1", Kind.PAYMENT, "r4"),
    ]


def test_the_intent_to_receive_hints_at_nothing() -> None:
    assert webhooks.signals(b'{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"X"}') == []


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"<html>"])
def test_something_else_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="not a Xero webhook"):
        webhooks.signals(body)
