"""What people do in Xero's own pages, by the rules of the API and a little beyond them."""
