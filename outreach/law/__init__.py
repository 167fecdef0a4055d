"""What the law of each country asks of a mail to a creator: rules as data, and the words that it wants said."""
