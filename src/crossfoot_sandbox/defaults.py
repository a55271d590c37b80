"""The ready-made world: one HubSpot portal and one Xero organisation with everything needed to connect to them.

All ids are fixed and all secrets are obviously not secret: they are printed, written into examples, and worth nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from crossfoot_sandbox.clock import Clock
from crossfoot_sandbox.faults import Faults
from crossfoot_sandbox.hubspot.pages.portal import Portal
from crossfoot_sandbox.sandbox import Sandbox
from crossfoot_sandbox.xero.pages.office import Office

PORTAL_ID = 48_000_001
PORTAL_NAME = "Kauri & Fern (sandbox)"
HUBSPOT_TOKEN = "pat-sandbox-this-is-not-a-secret"  # noqa: S105  made to be printed
HUBSPOT_APP_ID = 4_800_777
HUBSPOT_CLIENT_ID = "sandbox-hubspot-client-id"
HUBSPOT_CLIENT_SECRET = "sandbox-hubspot-client-secret"  # noqa: S105  made to be printed
HUBSPOT_SCOPES = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.objects.products.read",
    "crm.objects.products.write",
    "crm.objects.deals.read",
    "crm.objects.deals.write",
    "crm.objects.line_items.read",
    "crm.objects.line_items.write",
    "crm.objects.invoices.read",
    "crm.objects.invoices.write",
    "crm.objects.commercepayments.read",
    "crm.objects.commercepayments.write",
    "commerce.payment_accounts.read",
    "crm.objects.owners.read",
    "crm.schemas.contacts.read",
    "crm.schemas.contacts.write",
    "crm.schemas.companies.read",
    "crm.schemas.companies.write",
    "crm.schemas.products.read",
    "crm.schemas.deals.read",
    "crm.schemas.deals.write",
    "crm.schemas.line_items.read",
    "crm.schemas.invoices.read",
    "crm.schemas.invoices.write",
    "crm.schemas.commercepayments.read",
    "crm.schemas.commercepayments.write",
    "tax_rates.read",
    "settings.currencies.read",
    "automation",
    "e-commerce",
)

HUBSPOT_CURRENCIES = {
    "USD": "1.72",
    "CAD": "1.24",
    "EUR": "1.99",
    "GBP": "2.27",
    "AUD": "1.13",
    "JPY": "0.0112",
}
"""What one unit is worth in the portal's own currency. The organisation has all of them but yen."""
HUBSPOT_TAX_RATES = [
    {"name": "15% GST on Income", "rate": "15", "label": "GST"},
    {"name": "Zero Rated", "rate": "0", "label": "GST"},
    {"name": "12.5% GST on Income", "rate": "12.5", "label": "GST", "active": False},
]
"""The tax library, named as the organisation names its rates."""

ORGANISATION_NAME = "Kauri & Fern Limited (sandbox)"
XERO_CLIENT_ID = "SANDBOXXEROCLIENTID0000000000001"
XERO_CLIENT_SECRET = "sandbox-xero-client-secret"  # noqa: S105  made to be printed
XERO_CUSTOM_CLIENT_ID = "SANDBOXXEROCUSTOMCLIENT000000002"
XERO_CUSTOM_CLIENT_SECRET = "sandbox-xero-custom-connection-secret"  # noqa: S105  made to be printed
XERO_SCOPES = (
    "openid",
    "profile",
    "email",
    "offline_access",
    "accounting.contacts",
    "accounting.contacts.read",
    "accounting.invoices",
    "accounting.payments",
    "accounting.settings",
    "accounting.settings.read",
    "accounting.attachments",
)
XERO_CUSTOM_SCOPES = tuple(scope for scope in XERO_SCOPES if scope.startswith("accounting."))

REDIRECT_URIS = (
    "http://localhost/callback",
    "http://localhost:8000/callback",
    "http://localhost:8080/callback",
)


@dataclass
class World:
    """A sandbox with its first portal and organisation. `answer_seconds` is how long a vendor thinks over real HTTP."""

    sandbox: Sandbox
    portal: Portal
    organisation: Office
    redirect_uris: tuple[str, ...] = REDIRECT_URIS
    answer_seconds: float = 0.0

    def card(self, url: str) -> dict[str, Any]:
        """Everything a client needs, for a sandbox that answers at `url` (no slash at the end)."""
        return {
            "url": url,
            "hubspot": {
                "api_url": f"{url}/hubspot",
                "authorize_url": f"{url}/hubspot-app/oauth/authorize",
                "token_url": f"{url}/hubspot/oauth/2026-03/token",
                "portal_id": self.portal.id,
                "portal_name": self.portal.name,
                "token": HUBSPOT_TOKEN,
                "app_id": HUBSPOT_APP_ID,
                "client_id": HUBSPOT_CLIENT_ID,
                "client_secret": HUBSPOT_CLIENT_SECRET,
                "scopes": list(HUBSPOT_SCOPES),
            },
            "xero": {
                "api_url": f"{url}/xero",
                "identity_url": f"{url}/xero-identity",
                "login_url": f"{url}/xero-login",
                "authorize_url": f"{url}/xero-login/identity/connect/authorize",
                "token_url": f"{url}/xero-identity/connect/token",
                "tenant_id": self.organisation.tenant_id,
                "organisation_name": self.organisation.name,
                "client_id": XERO_CLIENT_ID,
                "client_secret": XERO_CLIENT_SECRET,
                "scopes": list(XERO_SCOPES),
                "custom_connection": {
                    "client_id": XERO_CUSTOM_CLIENT_ID,
                    "client_secret": XERO_CUSTOM_CLIENT_SECRET,
                    "scopes": list(XERO_CUSTOM_SCOPES),
                },
            },
            "redirect_uris": list(self.redirect_uris),
        }


def world(
    clock: Clock | None = None, faults: Faults | None = None, redirect_uris: Iterable[str] = ()
) -> World:
    """A new sandbox with the fixed portal, organisation, apps and tokens; the books are empty."""
    sandbox = Sandbox(clock, faults)
    uris = (*REDIRECT_URIS, *redirect_uris)
    portal = sandbox.hubspot.add_portal(
        PORTAL_ID, name=PORTAL_NAME, currency="NZD", time_zone="Pacific/Auckland", tier="professional"
    )
    portal.admin_sets_up({"currencies": HUBSPOT_CURRENCIES, "tax_rates": HUBSPOT_TAX_RATES})
    sandbox.hubspot.add_app(HUBSPOT_APP_ID, HUBSPOT_CLIENT_ID, HUBSPOT_CLIENT_SECRET, HUBSPOT_SCOPES, uris)
    sandbox.hubspot.static_token(PORTAL_ID, HUBSPOT_SCOPES, token=HUBSPOT_TOKEN)
    organisation = sandbox.xero.add_organisation(
        name=ORGANISATION_NAME, country="NZ", base_currency="NZD", short_code="!sAnD8"
    )
    organisation.change_organisation(currencies=("USD", "CAD", "EUR", "GBP", "AUD", "JPY"))
    sandbox.xero.add_app(XERO_CLIENT_ID, XERO_CLIENT_SECRET, XERO_SCOPES, uris)
    sandbox.xero.custom_connection(
        XERO_CUSTOM_CLIENT_ID, XERO_CUSTOM_CLIENT_SECRET, organisation, XERO_CUSTOM_SCOPES
    )
    return World(sandbox, portal, organisation, uris)
