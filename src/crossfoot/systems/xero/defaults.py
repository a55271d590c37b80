"""Which Xero field carries which shared field. The default mapping of a sync is the join of two systems' tables."""

from collections.abc import Mapping

from crossfoot.model.identity import Kind

CARRIES: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    Kind.CONTACT: {
        "name": ("Name",),
        "email": ("EmailAddress",),
        "first_name": ("FirstName",),
        "last_name": ("LastName",),
        "full_name": ("Name",),
        "phone": ("Phones.DEFAULT",),
        "mobile": ("Phones.MOBILE",),
        "fax": ("Phones.FAX",),
        "address": ("Addresses.POBOX.Lines",),
        "city": ("Addresses.POBOX.City",),
        "region": ("Addresses.POBOX.Region",),
        "postal_code": ("Addresses.POBOX.PostalCode",),
        "country": ("Addresses.POBOX.Country",),
        "tax_number": ("TaxNumber",),
        "company_number": ("CompanyNumber",),
        "currency": ("DefaultCurrency",),
        "is_person": ("IsPerson",),
        "is_customer": ("IsCustomer",),
        "is_supplier": ("IsSupplier",),
    },
    Kind.CONTACT_PERSON: {
        "email": ("EmailAddress",),
        "first_name": ("FirstName",),
        "last_name": ("LastName",),
        "company": ("Contact",),
    },
    Kind.ITEM: {
        "code": ("Code",),
        "name": ("Name",),
        "description": ("Description",),
        "price": ("SalesDetails.UnitPrice",),
        "cost": ("PurchaseDetails.UnitPrice",),
        "sales_account": ("SalesDetails.AccountCode",),
        "sales_tax": ("SalesDetails.TaxType",),
        "purchase_account": ("PurchaseDetails.AccountCode",),
        "purchase_tax": ("PurchaseDetails.TaxType",),
        "purchase_description": ("PurchaseDescription",),
        "sold": ("IsSold",),
        "purchased": ("IsPurchased",),
        "tracked": ("IsTrackedAsInventory",),
    },
}
"""Shared field to native paths, per kind. A contact's primary person and address are the ones its documents show."""
