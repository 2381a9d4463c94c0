"""The REST API under ``/api/v1``: the same acts as the pages, as JSON, described by OpenAPI."""
