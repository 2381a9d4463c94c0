"""The web application: server-rendered pages over the casebook and the register, one registry of routes, one check."""
