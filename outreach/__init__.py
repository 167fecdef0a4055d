"""Write and listen: invitations, the ledger of what was sent, and what creators answer. See `outreach.service`."""
