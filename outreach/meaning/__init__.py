"""How an answer is understood: its language, the rules, and a model for where no rule speaks."""
