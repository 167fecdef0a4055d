"""How somebody else's file is read: presets that ship, a team's own, and a guess where there is none.

preset     what a preset says, checked with the file, the key and what to write instead
store      where presets lie; finding, recognising by header, copying, saving
writing    a preset as TOML
applying   a preset at work on one file
wording    the words of headers in eight languages
values     what the values of a column look like
guessing   which column means what, by its name and its values
posts      whether a table's rows are posts and not accounts
looking    the first rows of a file, before anything of it goes in
shipped/   the presets that come with the product
"""
