"""What an organisation holds: records with all their versions, settings, history; and the act that writes them all or none."""
