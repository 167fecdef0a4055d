"""The words by which an answer is understood: English, German, French and Spanish. Patterns, without regard to case."""

from enum import StrEnum


class ReplyKind(StrEnum):
    OPT_OUT = "opt-out"
    INTERESTED = "interested"
    PRICE_TALK = "price talk"
    QUESTION = "question"
    LATER = "later"
    DECLINED = "declined"
    AWAY = "away"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    UNCLEAR = "unclear"


#: Whoever says so is never written to again: a complaint is the louder form of opting out.
OPTS_OUT = frozenset({ReplyKind.OPT_OUT, ReplyKind.COMPLAINT})


#: Held against one sentence at a time, in this order: the first kind with a match is what the answer means.
SIGNS: dict[ReplyKind, tuple[str, ...]] = {
    ReplyKind.OPT_OUT: (
        r"^\W*(please )?stop( it| this| now| please)?\W*$",
        r"^\W*(bitte )?stopp?( bitte)?\W*$",
        r"^\W*no,? (thanks|thank you|thx|ty)\b",
        r"\bno thanks\b",
        r"\bno,? thank you\b",
        r"\bunsubscribe",
        r"\bopt(ing)?[ -]?(me )?out\b",
        r"\btake me off\b",
        r"\b(remove|delete) (me|my (address|e-?mail|details|data|name))\b",
        r"\bstop (e-?mail|writ|contact|messag|spam|send|bother)\w*",
        r"\b(do not|don't|dont|never) (ever )?(e-?mail|write|contact|message|bother)( to)? (me|us)\b",
        r"\b(do not|don't|dont|never) (e-?mail|contact|message)\W*$",
        r"\b(do not|don't|dont|never) send (me |us )?(any ?more|any|more|further|another|these) (e-?mail|mail|message)",
        r"\b(nein,? danke|kein danke)\b",
        r"\b(bitte|mich) (\w+ )?abmelden\b",
        r"^\W*abmelden\b",
        r"\bmelden sie mich ab\b",
        r"\bmelde mich (bitte )?ab\b",
        r"\b(bitte|mich) (\w+ )?austragen\b",
        r"\b(nicht|nie) (mehr|wieder|weiter) (zu )?(kontaktier|anschreib|schreib|angeschrieben|melden|mailen)",
        r"\bkeine (weiteren?|mehr) (e-?mails?|mails?|nachrichten)\b",
        r"\bkeine (e-?mails?|mails?|nachrichten) mehr\b",
        r"\b(lösch|entfern)\w* (\w+ ){0,2}(adresse|daten|mich)\b",
        r"\bschreib\w* (mir|uns) (bitte )?nicht (mehr|wieder)",
        r"\bhör(t|en sie)? (bitte )?auf,? (mir|mich|uns)\b",
        r"\bnon,? merci\b",
        r"\bdésabonn",
        r"\bdésinscri",
        r"\bne (plus|pas) (me|nous) (contacter|écrire)",
        r"\bne m'écrivez plus",
        r"\barrêtez (de |d')(m|nous)",
        r"\bno,? gracias\b",
        r"\bdarme de baja",
        r"\bno me (escrib|contact|mand)\w+",
        r"\bdejen? de (escrib|mand|contact)",
    ),
    ReplyKind.AWAY: (
        r"\bout of (the )?office\b",
        r"\bautomatic(ally generated)? (reply|response)\b",
        r"\bauto-?reply\b",
        r"\bon (annual|parental|maternity) leave\b",
        r"\babwesenheitsnotiz\b",
        r"\bautomatische antwort\b",
        r"\bnicht im büro\b",
        r"\bbin (bis|vom|ab) .{0,40}(abwesend|urlaub|nicht erreichbar)",
        r"\b(i am|i'm|we are|we're) (currently )?(on (holiday|vacation)|away) until\b",
        r"\bim urlaub bis\b",
        r"\babsente? du bureau\b",
        r"\bréponse automatique\b",
        r"\bfuera de la oficina\b",
        r"\brespuesta automática\b",
    ),
    ReplyKind.DECLINED: (
        r"\bnot (really |very )?interested\b",
        r"\b(not|isn't|is not) (a |the right |quite a |really a )?(good )?(fit|match)\b",
        r"\b(have|going|need) to (pass|decline)\b",
        r"\bi('ll| will) pass\b",
        r"\bdecline your\b",
        r"\bnot (right )?(now|for me|at this time|at the moment)\b",
        r"\bcan't (take|do) (this|it|any)\b",
        r"\bkein(e|erlei)? interesse\b",
        r"\bleider (nicht|nein|absagen|kein)",
        r"\bpasst (leider |gerade |aktuell )?nicht\b",
        r"\babsagen\b",
        r"\bmuss ablehnen\b",
        r"\bpas intéressée?\b",
        r"\bje (dois )?(refuse|décline)",
        r"\bno me interesa\b",
        r"\bno estoy interesad",
    ),
    ReplyKind.PRICE_TALK: (
        r"\b(my|our|your) (rates?|fees?|prices?|budget)\b",
        r"\b(rate card|media kit|budget|higher fee|more money|flat fee|upfront)\b",
        r"\bi (charge|usually get|normally get)\b",
        r"\b(too low|too little|increase|negotiate|counter)\b",
        r"\bhow much\b(?! time)",
        r"\bwhat('s| is) the (fee|pay|budget|rate|compensation)\b",
        r"[€$£]\s?\d",
        r"\b\d[\d.,]*\s?([€$£]|eur\b|euros?\b|usd\b|gbp\b|chf\b|dollars?\b)",
        r"\b(honorar|preis|preise|vergütung|tagessatz|kostet|kosten|zu wenig|verhandel\w*)\b",
        r"\bwie ?viel\b",
        r"\b(tarifs?|rémunération|cachet|combien)\b",
        r"\b(tarifas?|presupuesto|cuánto)\b",
    ),
    ReplyKind.INTERESTED: (
        r"\b(i'm|i am|we're|we are|very|definitely|would be) interested\b",
        r"\binterested\b",
        r"\bsounds? (good|great|fun|lovely|interesting|perfect|nice|cool|amazing)\b",
        r"\b(love|happy|glad|keen) to\b",
        r"\bcount me in\b",
        r"\bi'm in\b",
        r"^\W*(yes|yep|yeah|sure|absolutely|deal)\b",
        r"\btell me more\b",
        r"\bsend (me )?(the|more) (details|info)",
        r"\blet's do\b",
        r"\bklingt (\w+ )?(gut|super|toll|interessant|spannend|schön|nett|cool)\b",
        r"\bsehr gerne?\b",
        r"\bgerne?\b",
        r"\b(bin|wäre) dabei\b",
        r"\binteress(e|iert)\b",
        r"^\W*ja\b",
        r"\bfreue? mich\b",
        r"\bintéress(ée?|e)\b",
        r"\bavec plaisir\b",
        r"^\W*oui\b",
        r"\bme interesa\b",
        r"\bme encanta",
        r"\bcon gusto\b",
        r"^\W*sí\b",
    ),
}
