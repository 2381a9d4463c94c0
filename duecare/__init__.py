"""duecare lets a public buyer find, prevent and follow up labour exploitation in what it buys."""

__version__ = "0.1.0"
