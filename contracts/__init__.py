"""AGREE: offers, terms, contract documents, legal's sign-off, the creator's signature, and what is kept of a deal.

Begin with `service`, the public face. Where what is:

    what is agreed     terms words, over from_campaign languages · displaying (how it reads on paper) ·
                       offers offer_rows limits conflicts budgets changes side_by_side (versions of an offer) ·
                       reopening (talking again about what was agreed) ·
                       clauses (pre-approved swaps) · keeping_sealed particulars (payment, tax, parcels)
    templates          templates manifest approving (may it be used) · asked_fields (what it reads when it is filled) ·
                       wording locks (what a Word file says) · typesetting (how the shipped ones are made)
    a document         grounds (what it is made of) · planning straightforward (what it would say, and may a batch
                       draft it) · documents, over pool worker filling proof (filled, then proven) · pdf, over fonts
                       undrawn (no boxes for names) · archive (kept by its hash, for good)
    legal              summary (the terms as a table, and what differs) cards (what is shown) · register (which
                       version counts) · document_view (its text on a page)
    it comes back      returned (what was changed in it, and whether that was allowed) · came_back (which files did)
    the signature      signing, over accepting countersigning links consent certificate certificate_page ·
                       signing_mails · providers provider_notices
    what is kept       board (with whom each waits) history (all of one deal) · dossier dossier_page (one deal as a
                       zip) · ends (what runs out, and when)
    briefs             briefs (content brief and welcome sheet) · brief_mails (the mails that bring them)
"""
