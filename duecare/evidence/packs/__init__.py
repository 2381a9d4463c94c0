"""One folder per source: ``pack.yaml`` (who says it, until when, what must hold), its facts, their reader and a README."""
