"""Templates as plain text, and the Word files made of them: same source, same bytes.

A source says what a document says; how it looks is decided here once. Knows neither approvals, terms nor the record.

    source     the plain text, read line by line: clauses, headings, numbers, tables, blanks
    body       its lines as the paragraphs and tables of a Word file, each clause locked
    look       styles, numbering and page; the one place where sizes and colours stand
    package    the parts put together, and the file
"""
