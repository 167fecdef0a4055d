"""Asking a person: one question about one exact content, a clock, reminders, one answer."""
