"""The proof: both sides read afresh and compared, every difference named and explained. Zero unexplained is the only green."""
