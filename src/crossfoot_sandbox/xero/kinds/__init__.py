"""What each kind of record is: its fields, the rules for writing it, the shapes in which it is shown, and what follows from it."""
