"""Public procurement notices as Europe publishes them: what eForms and TED XML have in common, up to contract lines."""
