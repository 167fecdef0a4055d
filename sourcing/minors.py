"""Whether somebody says of themselves that they are under eighteen, in columns: such rows never go into the pool.

Errs towards leaving out, but not towards parents: "mum of a 5 year old" is an adult, "15 y/o" between two bars is not.
Only text of SQL is made; the texts it finds are kept nowhere.
"""

from collections.abc import Collection

from sourcing.sqltext import text

OF_AGE = 18
_AGE = r"(?:[4-9]|1[0-7])"
_TEENS = r"1[0-7]"
_YEARS = (
    r"(?:y/?\.?o\.?|yrs?\.? ?old|years?[ -]?old|years? young|yaşında|jahre? ?(?:alt|jung)?|j\. ?alt|años(?: de edad)?|"
    r"ans|anni|lat|anos|jaar(?: oud)?|år(?: gammal)?|yaş|лет|岁|歳|세)"
)
_I_AM = (
    r"(?:i ?['’]?m|im|i am|my age is|age[d]?:?|ich bin|bin|alter:?|tengo|edad:?|j ?['’]ai|âge:?|ho|età:?|mam|wiek:?|"
    r"tenho|idade:?|ik ben|leeftijd:?|jag är)"
)
_ONLY = r"(?:only |just |erst |solo |seulement |dopiero |sólo |só )?"
#: What may stand after an age that is somebody's own: an end, a sign, a word for years or for "and".
_AFTER = r"(?: ?" + _YEARS + r"(?:$|[^\p{L}\p{N}])|\s*(?:$|[,.!|•·;&\n\p{So}/-])| (?:and|und|y|et|e|from|aus|de|i) )"
_WHOLE = rf"(?:^|[|•·,;.!\n\p{{So}}/-])\s*{_AGE}[ -]?{_YEARS}\s*(?:$|[|•·,;.!\n\p{{So}}/&-])"
_BARE = r"(?:^|[|•·\n])\s*(?:1[3-7]\s*(?:[♀♂]|\p{So}|$|[|•·\n])|1[0-7] ?y/?o(?:$|[^\p{L}\p{N}]))"
_YEARS_OF_WORK = r"(?:experien|erfahrung|esperienz|expérien|doświadcz|business|marri|verheirat|sober|anniversary)"
_SAYS = rf"(?:^|[^\p{{L}}\p{{N}}]){_I_AM} {_ONLY}{_TEENS}{_AFTER}"
_RUN_BY = (
    r"(?:run|managed|monitored|supervised|moderated|account|acc|page) (?:is )?(?:run |managed |monitored )?by (?:my |"
    r"our |his |her |their )?(?:mum|mom|mommy|mother|dad|father|parents?)(?:$|[^\p{L}])"
)
_BORN = (
    r"(?:^|[^\p{{L}}])(?:born|geboren|geb\.?|jahrgang|née?|nacid[oa]|nat[oa]|urodzon[ya]|nascid[oa]|est\. ?me|bday|dob)"
    r"(?: in| im| en| nel| em| w)?:? ?(?:[0-3]?\d[./-][01]?\d[./-])?['’]?({years})(?:$|[^\d])"
)
_PARENT = (
    r"(?:^|[^\p{L}])(?:mum|mom|mummy|mama|mamma|mamá|maman|madre|mãe|mutter|mother|dad|daddy|papa|papá|pai|father|vater|"
    r"parents?|eltern|wife|husband|boymom|girlmom|kids|kinder|hijos|figli|enfants|nanny|tata)(?:$|[^\p{L}])"
)


def minor_sql(fields: Collection[str], *, this_year: int) -> str:
    """SQL over `bio` and `age`, whichever the file has: true for a minor, never null."""
    tests = []
    if "bio" in fields:
        # A bio without a figure or "by my mum" declares nothing, and that is most of them.
        tests.append(f"(regexp_matches(bio, '[0-9]| by |[Bb][Yy] ') and {_of_bio(this_year)})")
    if "age" in fields:
        last = r"regexp_extract(age, '(\d+)\D*$', 1)"
        tests.append(f"(regexp_matches(age, '\\d') and try_cast({last} as int) between 1 and {OF_AGE - 1})")
    return f"coalesce({' or '.join(tests)}, false)" if tests else "false"


def _of_bio(this_year: int) -> str:
    years = "|".join(str(year) for year in range(this_year - OF_AGE + 1, this_year + 1))
    parent = _matches(_PARENT)
    own = [f"({_matches(_SAYS)} and not {_matches(_YEARS_OF_WORK)})",
           f"(not {parent} and ({_matches(_WHOLE)} or {_matches(_BARE)}))", _matches(_RUN_BY),
           f"(not {parent} and {_matches(_BORN.format(years=years))})"]  # fmt: skip
    return f"({' or '.join(own)})"


def _matches(pattern: str) -> str:
    return f"regexp_matches(bio, {text('(?i)' + pattern)})"
