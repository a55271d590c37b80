"""What people do in HubSpot's own pages, without the limits of the API."""
