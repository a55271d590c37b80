"""What a person may say about the invoices of a deal, and how mistakes in it are told."""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from crossfoot.model.identity import Kind, Side
from crossfoot.model.splitting import Share
from crossfoot.settings.files import SettingsError, diff, dump, load, validate
from crossfoot.settings.rules import Sync
from crossfoot.systems.hubspot.defaults import CARRIES as CRM
from crossfoot.systems.port import FieldInfo, ValueType
from crossfoot.systems.xero.defaults import CARRIES as LEDGER

BEGINNING = "name: x\nsyncs: {companies: , people: , invoices: , deals: }\ndocuments:\n"


def settings(documents: str) -> str:
    return BEGINNING + "".join(f"  {line}\n" for line in documents.splitlines())


def deals(documents: str) -> list[Sync]:
    return [each for each in load(settings(documents)).compile(CRM, LEDGER) if each.billing is not None]


def test_left_out_a_deal_is_one_invoice_when_it_is_won() -> None:
    (sync,) = deals("account: '200'")
    assert sync.billing is not None
    assert not sync.billing.parted
    assert sync.billing.own.due.holds({"hs_is_closed_won": True})
    assert not sync.billing.own.due.holds({"hs_is_closed_won": False, "dealstage": "contractsent"})


def test_each_invoice_has_a_sync_with_its_own_trigger_share_state_and_link() -> None:
    first, second, third = deals(
        "deals:\n"
        "- {share: 30%, stage: [contractsent, signed], approve: AUTHORISED, label: Deposit}\n"
        "- {share: 250.00, when: {field: deal_delivered, operator: is, value: true}}\n"
        "- {share: rest}"
    )
    assert [each.name for each in (first, second, third)] == ["deals", "deals_2", "deals_3"]
    assert [bill.share for bill in (first.billing or second.billing).bills] == [  # type: ignore[union-attr]
        Share(percent=Decimal(30)),
        Share(amount=Decimal("250.00")),
        None,
    ]
    assert first.newcomer(Side.CRM).holds({"dealstage": "signed"})
    assert not first.newcomer(Side.CRM).holds({"dealstage": "closedwon"})
    assert second.newcomer(Side.CRM).holds({"deal_delivered": True})
    assert third.newcomer(Side.CRM).holds({"hs_is_closed_won": True})
    assert {"dealstage", "deal_delivered", "hs_is_closed_won"} <= first.paths(Side.CRM)
    made_as = [sync.pair("state").read(Side.CRM, {}) for sync in (first, second)]
    assert made_as == ["AUTHORISED", "DRAFT"]
    link = "https://app.hubspot.com/contacts/1/record/0-3/512"
    for own, sync in enumerate((first, second, third), start=1):
        for number, address in ((1, link), (2, f"{link}?invoice=2"), (3, f"{link}?invoice=3")):
            assert sync.newcomer(Side.LEDGER).holds({"Url": address}) is (own == number)


def test_what_is_written_is_read_back_the_same() -> None:
    told = load(
        settings(
            "deals:\n- {share: 30 %, stage: contractsent}\n- {share: 500.5, on_request: true}\n- {share: rest}\n"
            "deal_stages: {paid: done}\ntracking:\n  Region: North\n  Rep: {field: owner, values: {'17': Ada}}"
        )
    )
    assert load(dump(told)) == told
    assert [bill.share for bill in told.documents.deals] == ["30%", "500.5", "rest"]


@pytest.mark.parametrize(
    ("documents", "told"),
    [
        (
            "deals:\n- {share: a third}",
            "settings.yaml:5:13: documents.deals.0.share: A share is a percentage such as 30%, an amount without tax such as 500.00, or rest.",
        ),
        ("deals:\n- {share: 0%}", "A share is a percentage"),
        ("deals:\n- {share: 130%}\n- {}", "No invoice bills more than 100%."),
        (
            "deals:\n- {share: 30%}\n- {share: 70%}",
            (
                "documents.deals.1.share: The last invoice of a deal bills what is left, so that all of them come to the deal. "
                "Write 'share: rest' for the last one, and a share such as 30% for the others."
            ),
        ),
        (
            "deals:\n- {share: rest}\n- {share: rest}",
            "documents.deals.0.share: Only the last invoice of a deal bills the rest.",
        ),
        (
            "deals:\n- {share: 60%}\n- {share: 40%}\n- {share: rest}",
            "documents.deals: The shares before the last invoice come to 100 %. Leave something for the last one.",
        ),
        (
            "deals:\n- {share: 30%, stage: a, on_request: true}\n- {share: rest}",
            "documents.deals.0.on_request: An invoice that is made on request only has no stage and no condition.",
        ),
        (
            "deals:\n- {share: 30%, percent_field: deposit}\n- {}",
            (
                "documents.deals.0.percent_field: The share of an invoice is said once. "
                "Write one of 'share', 'percent_field' and 'amount_field'."
            ),
        ),
        ("deals:\n- {shares: 30%}", "There is no setting 'shares' here. Did you mean 'share'?"),
        (
            "deals:\n- {approve: PAID}",
            "'PAID' is not possible here. Possible are DRAFT, SUBMITTED, AUTHORISED.",
        ),
        ("deal_stages: {payed: done}", "'payed' is not possible here. Did you mean 'paid'?"),
        (
            "tracking: {Region: {option: North, field: region}}",
            "Tracking is either an 'option', or a 'field' with its 'values'.",
        ),
        ("tracking: {A: x, B: y, C: z}", "documents.tracking: There are at most 2 here."),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_write(documents: str, told: str) -> None:
    with pytest.raises(SettingsError) as error:
        load(settings(documents))
    assert told in str(error.value)


def test_the_name_of_an_invoices_sync_is_not_given_to_another_one() -> None:
    text = settings("deals:\n- {share: 30%}\n- {share: rest}").replace(
        "deals: }", "deals: , deals_2: {crm: deal, ledger: invoice, mapping: {}}}"
    )
    with pytest.raises(
        SettingsError, match="'deals_2' is the sync of an invoice that is listed under 'documents: deals'"
    ):
        load(text)


@dataclass(frozen=True)
class Found:
    fields: dict[Kind, dict[str, FieldInfo]]


@pytest.mark.parametrize(
    ("documents", "told"),
    [
        (
            "deals:\n- {stage: Contract Sent}",
            "documents.deals.0.stage: There is no stage 'Contract Sent'. Write 'contractsent', its internal name.",
        ),
        ("deals:\n- {stage: contractsend}", "There is no stage 'contractsend'. Did you mean 'contractsent'?"),
        ("deals:\n- {stage: xyz}", "There is no stage 'xyz'. There are contractsent, closedwon."),
        (
            "deal_stages: {paid: closedone}",
            "documents.deal_stages.paid: There is no stage 'closedone'. Did you mean 'closedwon'?",
        ),
        (
            "deals:\n- {when: {field: delivered, operator: is, value: true}}",
            "documents.deals.0.when.field: The CRM has no field 'delivered'.",
        ),
        (
            "deals:\n- {amount_field: dealstage}\n- {}",
            "documents.deals.0.amount_field: The CRM has no number field 'dealstage' of deals.",
        ),
        ("deals:\n- {stage: contractsent}", ""),
    ],
)
def test_what_the_portal_does_not_have_is_told(documents: str, told: str) -> None:
    stages = FieldInfo(
        "dealstage",
        "Deal stage",
        ValueType.OPTION,
        options={"contractsent": "Contract Sent", "closedwon": "Closed Won"},
    )
    accounts = {Side.CRM: Found({Kind.DEAL: {"dealstage": stages}})}
    text = settings(documents).replace("companies: , people: , invoices: , ", "")
    found = validate(load(text).completed(CRM, LEDGER), accounts, stage=("dealstage",))
    about = [str(each) for each in found if each.place[0] == "documents"]
    assert told in "".join(about) if told else about == []


def test_what_changed_is_told_in_words() -> None:
    before = load(settings("account: '200'"))
    after = load(
        settings(
            "account: '200'\ndeals:\n- {share: 30%, stage: [a, b], approve: AUTHORISED}\n- {percent_field: more, on_request: true}\n- {}\n"
            "deal_stages: {paid: done}\ntracking: {Region: North, Rep: {field: owner}}"
        )
    )
    assert diff(before, after) == [
        "For documents, 'deals' changes from nothing to '30%, in the stage a or b, as AUTHORISED; as 'more' says, on request; rest'.",
        "For documents, 'deal stages' changes from nothing to 'paid = done'.",
        "For documents, 'tracking' changes from nothing to 'Region = North, Rep = as 'owner' says'.",
    ]
