"""Reading what offices really have: formats, quarantine and classification."""
