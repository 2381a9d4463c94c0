"""Steps that bring a record from one version to the next."""
