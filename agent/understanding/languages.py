"""Which language a turn is in, told by its small words; only for those which callers ask for here."""

from __future__ import annotations

import unicodedata

_WORDS = {
    "es": "hablo habla hablan hablar espanol castellano ingles quiero necesito prefiero por favor buenos buenas dias "
    "tardes gracias usted puede puedo una cita para con alguien que no en me gustaria hola de la mi si",
    "fr": "parlez parle vous francais je voudrais bonjour merci sil plait rendez une un pas anglais est ce que il "
    "quelquun qui en ne peux s le la",
    "de": "sprechen sprichst sie deutsch auf bitte ich guten tag mochte kein englisch termin konnen wir jemand der "
    "ist ein einen danke nicht spreche",
    "it": "parla parlate italiano vorrei buongiorno grazie prego non inglese un appuntamento per favore in posso "
    "qualcuno che",
    "pt": "fala falam falar portugues quero bom dia obrigado obrigada nao ingles uma consulta por favor em alguem que",
    "pl": "po polsku prosze mowi czy dzien dobry chce nie angielsku ktos dziekuje umowic wizyte chcialbym chcialabym",
}
_TELLING = {
    "es": "hablo habla hablan hablar espanol castellano quiero necesito prefiero favor gracias usted puedo "
    "gustaria hola",
    "fr": "parlez vous francais voudrais bonjour merci plait anglais quelquun",
    "de": "sprechen sprichst deutsch bitte mochte englisch konnen spreche",
    "it": "parla parlate italiano vorrei buongiorno grazie inglese",
    "pt": "fala falam falar portugues obrigado obrigada alguem",
    "pl": "polsku prosze mowi dzien dobry chce angielsku",
}
_KNOWN = {code: frozenset(words.split()) for code, words in _WORDS.items()}
_SURE = {code: frozenset(words.split()) for code, words in _TELLING.items()}


def spoken_language(words: str) -> str | None:
    """ISO 639-1 of the language that two and more of the words and most of them belong to; None for English."""
    bare = [_unaccented(word) for word in words.split()]
    best, most = None, 0
    for code, known in _KNOWN.items():
        count = sum(word in known for word in bare)
        if count >= 2 and 3 * count >= 2 * len(bare) and count > most and any(word in _SURE[code] for word in bare):
            best, most = code, count
    return best


def _unaccented(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c)).replace("ł", "l")
