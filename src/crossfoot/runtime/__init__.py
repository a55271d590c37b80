"""When to do it, and doing it. Everything that is decided is decided in `sync`; here it is called in order, with the I/O between."""
