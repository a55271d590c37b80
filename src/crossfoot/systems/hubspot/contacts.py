"""Contacts: people. The e-mail is unique without regard to case; the primary company is a property (HubSpot facts 3.2, 6)."""

from crossfoot.model.identity import Kind
from crossfoot.systems.hubspot.objects import ObjectType, fields
from crossfoot.systems.hubspot.owed import OWED_OF_OURS
from crossfoot.systems.port import FieldInfo, ValueType

PATHS = fields(
    FieldInfo("email", "Email", unique=True),
    FieldInfo("firstname", "First name"),
    FieldInfo("lastname", "Last name"),
    FieldInfo("phone", "Phone number"),
    FieldInfo("mobilephone", "Mobile phone number"),
    FieldInfo("fax", "Fax number"),
    FieldInfo("website", "Website URL"),
    FieldInfo("jobtitle", "Job title"),
    FieldInfo("company", "Company name"),
    FieldInfo("address", "Street address"),
    FieldInfo("city", "City"),
    FieldInfo("state", "State/Region"),
    FieldInfo("zip", "Postal code"),
    FieldInfo("country", "Country/Region"),
    FieldInfo("associatedcompanyid", "Primary company", ValueType.REFERENCE, refers_to=Kind.COMPANY),
    FieldInfo("hs_object_id", "Record ID", writable=False),
    FieldInfo("createdate", "Create date", ValueType.MOMENT, writable=False),
    FieldInfo("lastmodifieddate", "Last modified date", ValueType.MOMENT, writable=False),
    *OWED_OF_OURS,
)

CONTACTS = ObjectType(
    kind=Kind.CONTACT,
    path="contacts",
    singular="contact",
    type_id="0-1",
    modified="lastmodifieddate",
    paths=PATHS,
    merges=True,
    ours=frozenset(info.path for info in OWED_OF_OURS),
    unique_paths=("email",),
)
