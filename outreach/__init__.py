"""Write and listen: invitations and follow-ups, the ledger of what was sent, and what creators answer.

Begin with `service`, the public face. Where what is:

    who gets a mail    sequence standing (what comes next) · invitations follow_ups queueing writing (who gets it) ·
                       permission grounds grounds_file law suppression frequency (may we) · zones schedule (when)
    its words          composing, over facts sayable sayings render html_part words place_names · voice (all that goes
                       out unread) · lint lint_words lint_shape lint_alike amounts (may it go) · previewing page
                       (looked at first)
    the ledger         ledger, over entries lanes obstacles slots pace · settling (what nobody could tell)
    a batch            delivery, over bounds waiting wire outgoing purpose interrupt · watching pausing (may it go on) ·
                       breakers (too many came back)
    new words          first_few (five, then all) · quarantine correcting (taken out of use)
    what comes in      inbox mailbox imap places (where answers lie) · mail_words reports webhooks (what they say) ·
                       listening recording (on the record) · unsubscribe leaving (one click)
    what it means      replies, over stripping footers phrases meaning · answers (what it does)
    a person's desk    answering answer_mail threads drafting swap_language · direct by_hand (what they write)
    what people see    progress reporting timeline
    forgetting         persons people_merged exporting erasing traces retention
"""
