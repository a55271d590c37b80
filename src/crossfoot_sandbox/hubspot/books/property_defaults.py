"""The properties every portal has from the first day, as one table per object type.

Columns: name, label, `type/fieldType`, group, flags. Flags: `ro` the value is HubSpot's, `calc` calculated (and read-only),
`unique` has a unique value, `owner` the options are the portal's owners, `money` shows a currency sign, `=set` a set of options below.
A selection of what real portals have, in HubSpot's own internal names.
"""

from typing import Final

from crossfoot_sandbox.hubspot.books import property_money

CONTACTS: Final = """
email                      | Email                        | string/text              | contactinformation |
firstname                  | First Name                   | string/text              | contactinformation |
lastname                   | Last Name                    | string/text              | contactinformation |
salutation                 | Salutation                   | string/text              | contactinformation |
phone                      | Phone Number                 | string/phonenumber       | contactinformation |
mobilephone                | Mobile Phone Number          | string/phonenumber       | contactinformation |
fax                        | Fax Number                   | string/text              | contactinformation |
address                    | Street Address               | string/text              | contactinformation |
city                       | City                         | string/text              | contactinformation |
state                      | State/Region                 | string/text              | contactinformation |
zip                        | Postal Code                  | string/text              | contactinformation |
country                    | Country/Region               | string/text              | contactinformation |
hs_country_region_code     | Country/Region Code          | string/text              | contactinformation |
hs_state_code              | State/Region Code            | string/text              | contactinformation |
company                    | Company Name                 | string/text              | contactinformation |
jobtitle                   | Job Title                    | string/text              | contactinformation |
website                    | Website URL                  | string/text              | contactinformation |
industry                   | Industry                     | string/text              | contactinformation |
numemployees               | Number of Employees          | enumeration/select       | contactinformation | =employees
annualrevenue              | Annual Revenue               | string/text              | contactinformation |
message                    | Message                      | string/textarea          | contactinformation |
date_of_birth              | Date of birth                | string/text              | contactinformation |
hs_language                | Preferred language           | enumeration/select       | contactinformation | =language
hs_timezone                | Time Zone                    | enumeration/select       | contactinformation | =timezone
lifecyclestage             | Lifecycle Stage              | enumeration/radio        | contactinformation | =lifecycle
hs_lead_status             | Lead Status                  | enumeration/radio        | sales_properties   | =leadstatus
hs_buying_role             | Buying Role                  | enumeration/checkbox     | sales_properties   | =buyingrole
hs_persona                 | Persona                      | enumeration/select       | contactinformation | =persona
hubspot_owner_id           | Contact owner                | enumeration/select       | sales_properties   | owner
hubspot_owner_assigneddate | Owner assigned date          | datetime/date            | sales_properties   | ro
associatedcompanyid        | Primary Associated Company ID | number/number           | contactinformation |
hs_additional_emails       | Additional email addresses   | enumeration/checkbox     | contactinformation | ro
hs_email_domain            | Email Domain                 | string/text              | contactinformation | calc
hs_full_name_or_email      | Full name or email           | string/calculation_equation | contactinformation | calc
hs_email_optout            | Unsubscribed from all email  | bool/booleancheckbox     | emailinformation   | ro
hs_email_bounce            | Marketing emails bounced     | number/number            | emailinformation   | ro
hs_marketable_status       | Marketing contact status     | enumeration/select       | contactinformation | ro =marketable
hs_legal_basis             | Legal basis for processing contact's data | enumeration/checkbox | contactinformation | =legalbasis
hs_analytics_source        | Original Source              | enumeration/select       | analyticsinformation | ro =source
notes_last_contacted       | Last Contacted               | datetime/date            | sales_properties   | ro
notes_last_updated         | Last Activity Date           | datetime/date            | sales_properties   | ro
num_notes                  | Number of Sales Activities   | number/number            | sales_properties   | ro
num_associated_deals       | Number of Associated Deals   | number/number            | deal_information   | calc
recent_deal_amount         | Recent Deal Amount           | number/number            | deal_information   | calc money
total_revenue              | Total Revenue                | number/number            | deal_information   | calc money
hs_object_source           | Record creation source       | string/text              | contactinformation | ro
hs_object_source_id        | Record creation source ID    | string/text              | contactinformation | ro
hs_object_source_label     | Record source                | string/text              | contactinformation | ro
hs_merged_object_ids       | Merged record IDs            | enumeration/checkbox     | contactinformation | ro
hs_calculated_merged_vids  | Merged vids with timestamps of a contact | string/calculation_equation | contactinformation | calc
hs_is_unworked             | Contact unworked             | bool/calculation_equation | contactinformation | calc
hs_object_id               | Record ID                    | number/number            | contactinformation | ro unique
createdate                 | Create Date                  | datetime/date            | contactinformation | ro
lastmodifieddate           | Last Modified Date           | datetime/date            | contactinformation | ro
twitterhandle              | Twitter Username             | string/text              | socialmediainformation |
hs_linkedin_url            | LinkedIn URL                 | string/text              | socialmediainformation |
"""

COMPANIES: Final = """
name                       | Company name                 | string/text              | companyinformation |
domain                     | Company Domain Name          | string/text              | companyinformation |
website                    | Website URL                  | string/text              | companyinformation |
phone                      | Phone Number                 | string/phonenumber       | companyinformation |
address                    | Street Address               | string/text              | companyinformation |
address2                   | Street Address 2             | string/text              | companyinformation |
city                       | City                         | string/text              | companyinformation |
state                      | State/Region                 | string/text              | companyinformation |
zip                        | Postal Code                  | string/text              | companyinformation |
country                    | Country/Region               | string/text              | companyinformation |
hs_country_code            | Country/Region Code          | string/text              | companyinformation |
timezone                   | Time Zone                    | string/text              | companyinformation |
industry                   | Industry                     | enumeration/select       | companyinformation | =industry
type                       | Type                         | enumeration/select       | companyinformation | =companytype
description                | Description                  | string/textarea          | companyinformation |
about_us                   | About Us                     | string/textarea          | companyinformation |
founded_year               | Year Founded                 | string/text              | companyinformation |
numberofemployees          | Number of Employees          | number/number            | companyinformation |
annualrevenue              | Annual Revenue               | number/number            | companyinformation | money
is_public                  | Is Public                    | bool/booleancheckbox     | companyinformation |
lifecyclestage             | Lifecycle Stage              | enumeration/radio        | companyinformation | =lifecycle
hs_lead_status             | Lead Status                  | enumeration/radio        | companyinformation | =leadstatus
hubspot_owner_id           | Company owner                | enumeration/select       | companyinformation | owner
hubspot_owner_assigneddate | Owner Assigned Date          | datetime/date            | companyinformation | ro
hs_parent_company_id       | Parent Company               | number/number            | companyinformation | ro
num_associated_contacts    | Number of Associated Contacts | number/number           | companyinformation | calc
num_associated_deals       | Number of Associated Deals   | number/number            | companyinformation | calc
hs_num_child_companies     | Number of child companies    | number/number            | companyinformation | calc
recent_deal_amount         | Recent Deal Amount           | number/number            | companyinformation | calc money
total_revenue              | Total Revenue                | number/number            | companyinformation | calc money
notes_last_contacted       | Last Contacted               | datetime/date            | companyinformation | ro
notes_last_updated         | Last Activity Date           | datetime/date            | companyinformation | ro
hs_analytics_source        | Original Source Type         | enumeration/select       | analyticsinformation | ro =source
hs_object_source           | Record creation source       | string/text              | companyinformation | ro
hs_object_source_id        | Record creation source ID    | string/text              | companyinformation | ro
hs_object_source_label     | Record source                | string/text              | companyinformation | ro
hs_merged_object_ids       | Merged record IDs            | enumeration/checkbox     | companyinformation | ro
hs_object_id               | Record ID                    | number/number            | companyinformation | ro unique
createdate                 | Create Date                  | datetime/date            | companyinformation | ro
hs_lastmodifieddate        | Last Modified Date           | datetime/date            | companyinformation | ro
linkedin_company_page      | LinkedIn Company Page        | string/text              | socialmediainformation |
facebook_company_page      | Facebook Company Page        | string/text              | socialmediainformation |
twitterhandle              | Twitter Handle               | string/text              | socialmediainformation |
"""

PRODUCTS: Final = """
name                         | Name                         | string/text              | productinformation |
description                  | Product description          | string/textarea          | productinformation |
hs_rich_text_description     | Rich text description        | string/html              | productinformation |
price                        | Unit price                   | number/number            | productinformation | money
hs_sku                       | SKU                          | string/text              | productinformation |
hs_cost_of_goods_sold        | Unit cost                    | number/number            | productinformation | money
hs_product_type              | Product type                 | enumeration/select       | productinformation | =producttype
hs_recurring_billing_period  | Term                         | string/text              | productinformation |
recurringbillingfrequency    | Billing frequency            | enumeration/select       | productinformation | =billing
hs_recurring_billing_start_date | Billing start date        | date/date                | productinformation |
hs_pricing_model             | Pricing model                | enumeration/select       | productinformation | =pricing
hs_tier_ranges               | Tier ranges                  | string/text              | productinformation |
hs_tier_prices               | Tier prices                  | string/text              | productinformation |
hs_url                       | URL                          | string/text              | productinformation |
hs_images                    | Image URL                    | string/file              | productinformation |
hs_folder                    | Folder                       | number/number            | productinformation |
hs_folder_name               | Folder name                  | string/text              | productinformation | ro
hs_status                    | Status                       | enumeration/select       | productinformation | =productstatus
tax                          | Tax                          | number/number            | productinformation | money
discount                     | Unit discount                | number/number            | productinformation | money
quantity                     | Quantity                     | number/number            | productinformation |
hubspot_owner_id             | Owner                        | enumeration/select       | productinformation | owner
hs_created_by_user_id        | Created by user ID           | number/number            | productinformation | ro
hs_updated_by_user_id        | Updated by user ID           | number/number            | productinformation | ro
hs_object_source             | Record creation source       | string/text              | productinformation | ro
hs_object_source_id          | Record creation source ID    | string/text              | productinformation | ro
hs_object_source_label       | Record source                | string/text              | productinformation | ro
hs_merged_object_ids         | Merged record IDs            | enumeration/checkbox     | productinformation | ro
hs_object_id                 | Record ID                    | number/number            | productinformation | ro unique
createdate                   | Create Date                  | datetime/date            | productinformation | ro
hs_lastmodifieddate          | Last Modified Date           | datetime/date            | productinformation | ro
"""

TABLES: Final = {
    "contacts": CONTACTS,
    "companies": COMPANIES,
    "products": PRODUCTS,
    **property_money.TABLES,
}

GROUPS: Final = {
    "contacts": {
        "contactinformation": "Contact information",
        "sales_properties": "Sales properties",
        "emailinformation": "Email information",
        "deal_information": "Deal information",
        "analyticsinformation": "Web analytics history",
        "socialmediainformation": "Social media information",
    },
    "companies": {
        "companyinformation": "Company information",
        "analyticsinformation": "Web analytics history",
        "socialmediainformation": "Social media information",
    },
    "products": {"productinformation": "Product information"},
    **property_money.GROUPS,
}

_INDUSTRIES = """ACCOUNTING AIRLINES_AVIATION ALTERNATIVE_DISPUTE_RESOLUTION ALTERNATIVE_MEDICINE ANIMATION APPAREL_FASHION
ARCHITECTURE_PLANNING ARTS_AND_CRAFTS AUTOMOTIVE AVIATION_AEROSPACE BANKING BIOTECHNOLOGY BROADCAST_MEDIA BUILDING_MATERIALS
BUSINESS_SUPPLIES_AND_EQUIPMENT CAPITAL_MARKETS CHEMICALS CIVIC_SOCIAL_ORGANIZATION CIVIL_ENGINEERING COMMERCIAL_REAL_ESTATE
COMPUTER_NETWORK_SECURITY COMPUTER_GAMES COMPUTER_HARDWARE COMPUTER_NETWORKING COMPUTER_SOFTWARE INTERNET CONSTRUCTION
CONSUMER_ELECTRONICS CONSUMER_GOODS CONSUMER_SERVICES COSMETICS DAIRY DEFENSE_SPACE DESIGN EDUCATION_MANAGEMENT E_LEARNING
ELECTRICAL_ELECTRONIC_MANUFACTURING ENTERTAINMENT ENVIRONMENTAL_SERVICES EVENTS_SERVICES FACILITIES_SERVICES FARMING
FINANCIAL_SERVICES FINE_ART FISHERY FOOD_BEVERAGES FOOD_PRODUCTION FUND_RAISING FURNITURE GAMBLING_CASINOS GLASS_CERAMICS_CONCRETE
GOVERNMENT_ADMINISTRATION GRAPHIC_DESIGN HEALTH_WELLNESS_AND_FITNESS HIGHER_EDUCATION HOSPITAL_HEALTH_CARE HOSPITALITY
HUMAN_RESOURCES IMPORT_AND_EXPORT INDUSTRIAL_AUTOMATION INFORMATION_SERVICES INFORMATION_TECHNOLOGY_AND_SERVICES INSURANCE
INTERNATIONAL_TRADE_AND_DEVELOPMENT INVESTMENT_BANKING LAW_PRACTICE LEGAL_SERVICES LEISURE_TRAVEL_TOURISM LIBRARIES
LOGISTICS_AND_SUPPLY_CHAIN LUXURY_GOODS_JEWELRY MACHINERY MANAGEMENT_CONSULTING MARITIME MARKET_RESEARCH MARKETING_AND_ADVERTISING
MECHANICAL_OR_INDUSTRIAL_ENGINEERING MEDIA_PRODUCTION MEDICAL_DEVICES MEDICAL_PRACTICE MINING_METALS MUSIC NANOTECHNOLOGY
NON_PROFIT_ORGANIZATION_MANAGEMENT OIL_ENERGY ONLINE_MEDIA OUTSOURCING_OFFSHORING PACKAGING_AND_CONTAINERS PAPER_FOREST_PRODUCTS
PHARMACEUTICALS PHOTOGRAPHY PLASTICS PRINTING PROFESSIONAL_TRAINING_COACHING PUBLIC_RELATIONS_AND_COMMUNICATIONS PUBLISHING
REAL_ESTATE RECREATIONAL_FACILITIES_AND_SERVICES RENEWABLES_ENVIRONMENT RESEARCH RESTAURANTS RETAIL SECURITY_AND_INVESTIGATIONS
SEMICONDUCTORS SHIPBUILDING SPORTING_GOODS SPORTS STAFFING_AND_RECRUITING SUPERMARKETS TELECOMMUNICATIONS TEXTILES TOBACCO
TRANSLATION_AND_LOCALIZATION TRANSPORTATION_TRUCKING_RAILROAD UTILITIES VENTURE_CAPITAL_PRIVATE_EQUITY VETERINARY WAREHOUSING
WHOLESALE WINE_AND_SPIRITS WIRELESS WRITING_AND_EDITING"""

# ruff: noqa: RUF001  # HubSpot writes these labels with a long dash
OPTIONS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "bool": (("true", "True"), ("false", "False")),
    "lifecycle": (
        ("subscriber", "Subscriber"),
        ("lead", "Lead"),
        ("marketingqualifiedlead", "Marketing Qualified Lead"),
        ("salesqualifiedlead", "Sales Qualified Lead"),
        ("opportunity", "Opportunity"),
        ("customer", "Customer"),
        ("evangelist", "Evangelist"),
        ("other", "Other"),
    ),
    "leadstatus": (
        ("NEW", "New"),
        ("OPEN", "Open"),
        ("IN_PROGRESS", "In Progress"),
        ("OPEN_DEAL", "Open Deal"),
        ("UNQUALIFIED", "Unqualified"),
        ("ATTEMPTED_TO_CONTACT", "Attempted to Contact"),
        ("CONNECTED", "Connected"),
        ("BAD_TIMING", "Bad Timing"),
    ),
    "buyingrole": (
        ("BLOCKER", "Blocker"),
        ("BUDGET_HOLDER", "Budget Holder"),
        ("CHAMPION", "Champion"),
        ("DECISION_MAKER", "Decision Maker"),
        ("END_USER", "End User"),
        ("EXECUTIVE_SPONSOR", "Executive Sponsor"),
        ("INFLUENCER", "Influencer"),
        ("LEGAL_AND_COMPLIANCE", "Legal & Compliance"),
        ("OTHER", "Other"),
    ),
    "employees": tuple(
        (span, span) for span in ("1-5", "5-25", "25-50", "50-100", "100-500", "500-1000", "1000+")
    ),
    "language": (
        ("en", "English"),
        ("en-au", "English - Australia"),
        ("en-gb", "English - United Kingdom"),
        ("en-nz", "English - New Zealand"),
        ("en-us", "English - United States"),
        ("fr", "French"),
        ("de", "German"),
        ("es", "Spanish"),
        ("el", "Greek"),
        ("ru", "Russian"),
        ("zh", "Chinese"),
        ("ar", "Arabic"),
    ),
    "timezone": (
        ("pacific_slash_auckland", "UTC +12:00 Pacific Auckland"),
        ("australia_slash_sydney", "UTC +10:00 Australia Sydney"),
        ("europe_slash_london", "UTC +00:00 Europe London"),
        ("america_slash_new_york", "UTC -05:00 America New York"),
        ("america_slash_los_angeles", "UTC -08:00 America Los Angeles"),
    ),
    "persona": (("persona_1", "Owner"), ("persona_2", "Bookkeeper")),
    "marketable": (("true", "Marketing contact"), ("false", "Non-marketing contact")),
    "legalbasis": (
        ("Legitimate interest – existing customer", "Legitimate interest – existing customer"),
        ("Legitimate interest – prospect/lead", "Legitimate interest – prospect/lead"),
        ("Performance of a contract", "Performance of a contract"),
        ("Freely given consent from contact", "Freely given consent from contact"),
        ("Not applicable", "Not applicable"),
    ),
    "source": (
        ("ORGANIC_SEARCH", "Organic Search"),
        ("PAID_SEARCH", "Paid Search"),
        ("EMAIL_MARKETING", "Email Marketing"),
        ("SOCIAL_MEDIA", "Organic Social"),
        ("REFERRALS", "Referrals"),
        ("DIRECT_TRAFFIC", "Direct Traffic"),
        ("OFFLINE", "Offline Sources"),
    ),
    "companytype": (
        ("PROSPECT", "Prospect"),
        ("PARTNER", "Partner"),
        ("RESELLER", "Reseller"),
        ("VENDOR", "Vendor"),
        ("OTHER", "Other"),
    ),
    "industry": tuple((value, value.replace("_", " ").title()) for value in _INDUSTRIES.split()),
    "producttype": (("inventory", "Inventory"), ("non_inventory", "Non-inventory"), ("service", "Service")),
    "productstatus": (("active", "Active"), ("inactive", "Inactive")),
    "pricing": (
        ("flat", "Flat"),
        ("volume", "Volume"),
        ("graduated", "Graduated"),
        ("stairstep", "Stairstep"),
    ),
    "billing": (
        ("weekly", "Weekly"),
        ("biweekly", "Every two weeks"),
        ("monthly", "Monthly"),
        ("quarterly", "Quarterly"),
        ("per_six_months", "Semi-annually"),
        ("annually", "Annually"),
        ("per_two_years", "Every two years"),
        ("per_three_years", "Every three years"),
    ),
    **property_money.OPTIONS,
}
