"""A document that came back, held against the one we sent: what was changed, where, and whether that was allowed.

Begin with `documents`, the public face. Where what is:

    a file from outside    package (bombs, traversal names, entities, wrong kinds: refused) · names (of the format)
    a .docx as it is seen  reading, over inline sections numbering styles unseen (is it seen) · things (what is in it
                           besides text) · lines (what comes of it)
    a PDF                  pdf (its words and things), over clusters (letters drawn as a group) · printed (held
                           against ours), over ornaments (signs drawn after the words)
    what differs           comparing, over aligning clauses wordwise signed (the block to sign) ·
                           findings (what is found, typed)
    shown to people        page (both texts, to read and print) · cards (the question to legal)
"""
