"""What both sides talk about: frozen values without behaviour that could surprise. Imports nothing of Crossfoot."""
