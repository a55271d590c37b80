"""Companies. Neither name nor domain is unique through the API: two creates make two companies (HubSpot fact 3.2)."""

from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot.objects import ObjectType, fields
from crossfoot.systems.hubspot.owed import OWED_OF_OURS
from crossfoot.systems.port import FieldInfo, ValueType

PATHS = fields(
    FieldInfo("name", "Company name"),
    FieldInfo("domain", "Company domain name"),
    FieldInfo("phone", "Phone number"),
    FieldInfo("website", "Website URL"),
    FieldInfo("address", "Street address"),
    FieldInfo("address2", "Street address 2"),
    FieldInfo("city", "City"),
    FieldInfo("state", "State/Region"),
    FieldInfo("zip", "Postal code"),
    FieldInfo("country", "Country/Region"),
    FieldInfo("hs_object_id", "Record ID", writable=False),
    FieldInfo("createdate", "Create date", ValueType.MOMENT, writable=False),
    FieldInfo("hs_lastmodifieddate", "Last modified date", ValueType.MOMENT, writable=False),
    *OWED_OF_OURS,
)

COMPANIES = ObjectType(
    kind=Kind.COMPANY,
    path="companies",
    singular="company",
    type_id="0-2",
    modified="hs_lastmodifieddate",
    paths=PATHS,
    merges=True,
    ours=frozenset(info.path for info in OWED_OF_OURS),
    required_paths=("name",),
)
