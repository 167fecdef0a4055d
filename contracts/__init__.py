"""AGREE: offers, terms, contract documents, legal's sign-off and the creator's signature."""
