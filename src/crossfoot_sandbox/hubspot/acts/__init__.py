"""What can be done to an account, by whatever door it comes, and what follows from it."""
