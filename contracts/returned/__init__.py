"""A document that came back, held against the one we sent: what was changed, where, and whether that was allowed.

package         opening a file from outside: bombs, traversal names, entities and wrong kinds are refused
reading         a .docx as people see it: lines with their displayed numbers, clauses, permitted places
styles          how a run really looks once styles are applied, and whether anybody could see it
numbering       the numbers Word displays before paragraphs
things          what is in a document besides its text: images, fields, links, comments, macros
comparing       pure: two such readings, and what differs, clause by clause
wordwise        pure: which words of two texts differ, and look-alike characters
pdf             the same for a PDF, by its text
findings        what is found, typed
page            the findings and the whole text as a page to read and print
cards           the question to legal about a returned document; names of the file format
"""
