"""What we know: dated facts with their sources, category profiles, countries and money."""
