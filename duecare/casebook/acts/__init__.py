"""Every change of the record, as plain functions of an actor; pages, API, jobs and command line call only these."""
