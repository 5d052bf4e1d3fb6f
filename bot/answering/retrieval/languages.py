"""The languages that are searched: how to tell one, how to stem it, which words say little.

Stemming is Snowball's. Chinese, Japanese and Korean have no spaces to cut at and need none of it.
"""

import re
from functools import lru_cache

import Stemmer

ENGLISH = "en"

_STEMMERS = {
    "de": "german", "en": "english", "es": "spanish", "fr": "french", "it": "italian",
    "nl": "dutch", "pt": "portuguese", "ru": "russian", "sv": "swedish",
}  # fmt: skip
# With what every question is made of ("how do I", "tell me", "please"): it tells nothing apart.
_STOP_WORDS = {
    "de": """
        ab aber alle als am an auch auf aus bei bekomme beim bin bis bitte da damit dann danke das
        dass dein dem den denn der des die dies diese dieser doch du durch ein eine einem einen
        einer eines er es euch euer für gibt habe haben hat hallo ich ihr ihre im in ist ja jede
        kann kannst kein keine können man mein meine mich mir mit muss müssen nach nicht noch nun
        nur ob oder ohne per schon sein sich sie sind so soll sollte über um und uns unser unter
        vom von vor wann warum was welche welchen welcher welches wem wen wenn wer werde werden
        wie wieso wir wird wo wofür woher worden wurde wurden zu zum zur
    """,
    "en": """
        a about after again all also am an and any anyone anything are as at be because been before
        being but by can can't could did do does doesn't doing don't each either else every
        everything few for from get gets getting give go going got had happen happens has have
        having he hello help her here hey hi him his how i i'd i'll i'm i've if in instead into is
        isn't it it's its just kind know let let's like looks lot make many may me might more most
        much must my need needs no not now of off ok okay on one only or other our out over please
        possible question really same say see shall she should so some something still such sure
        tell than thank thanks that that's the their them then there these they thing things this
        those to too us very want wants was way we well were what what's when where where's which
        while who whom whose why will with within without won't would yes yet you your
    """,
    "es": """
        a al algo algún alguna algunos ante aquí así aún como cómo con cual cuál cuáles cuándo
        cuando cuánto cuántos de del desde dónde donde dos durante e el ella en entre era eres es
        esa ese eso esta está están este esto estos favor fue fueron gracias ha hace hacer hacia
        han hasta hay hola la las le les lo los más me mi mis mucho muy nada ni no nos nuestra
        nuestro o para pero por porque puede puedo qué que quien quién se sea según ser si sí sido
        sin sobre son soy su sus también te tengo tiene todo todos tu un una unas uno unos usted
        y ya yo
    """,
    "fr": """
        a ai ainsi alors après au aucun aussi autre aux avant avec avez avoir bonjour c' ce cela
        ces cet cette ceux chaque ci combien comme comment d' dans de des dois doit donc dont du
        elle elles en encore est et était été être eu fait faire faut ici il ils j' je l' la le les
        leur leurs lors lui m' ma mais me merci mes mon n' ne nos notre nous on ont ou où par pas
        peut peux plus pour pourquoi qu' quand que quel quelle quelles quels qui quoi s' sa sans se
        ses si son sont sur t' ta te tes toi ton tous tout toute très tu un une vos votre vous y
    """,
    "it": """
        a ad agli ai al alla alle allo anche c' che chi ci come con cosa da dal dalla dei del della
        delle dello devo di dove e è ed era fare gli grazie ha hanno ho i il in io l' la le lo ma mi
        mia mio nei nel nella non o ogni per perché più posso può qual quale quali quando quanto
        questa questo se senza si sia sono su sua sul sulla suo tra tutti un una uno
    """,
    "nl": """
        aan al als bij dan dat de deze die dit doe doen door dus een en er geen had heb hebben heeft
        het hij hoe ik in is je kan kun kunnen maar me mee meer met mijn moet moeten na naar niet
        nog of om onder ons onze ook op over te tot uit van veel voor waar waarom wanneer was wat
        we welke werd wie wij word worden wordt zal ze zich zij zijn zo zonder
    """,
    "pt": """
        a ao aos as até com como da das de dela dele do dos e é ela ele em entre era eu fazer foi
        há isso isto já mais mas me meu minha muito na não nas no nos nós o onde os ou para pela
        pelo por porque posso qual quais quando quanto que quem se sem ser seu sobre sua são também
        te tem tenho um uma você
    """,
    "ru": """
        а без бы был была были было быть в вам вас ваш во вот все всё вы где да для до его ее её
        если есть еще ещё же за здесь и из или им их к как какая какие какой ко когда который кто
        ли меня мне могу можно мой мы на над надо нам нас наш не него нет ни но о об он она они оно
        от по под почему при с со так также там то тоже только ты у уже чего чем что чтобы это этого
        этот я
    """,
    "sv": """
        alla att av blev bli blir den det dessa detta dig din du där efter eller en ett från för
        får får gör ha hade han har hej hon hos hur här i icke inte jag kan man med men mig min
        mitt måste nu när och om oss på sig ska skulle som så till under upp ut utan vad var varför
        vem vi vid vilka vilken vill är
    """,
}  # fmt: skip
STOP_WORDS = {code: frozenset(listed.split()) for code, listed in _STOP_WORDS.items()}

_SCRIPTS = {
    "ja": re.compile(r"[\u3040-\u30ff]"),  # hiragana and katakana
    "ko": re.compile(r"[\uac00-\ud7af]"),  # hangul
    "zh": re.compile(r"[\u3400-\u9fff]"),  # ideographs; Japanese has them, too, and comes first
    "ru": re.compile(r"[\u0400-\u04ff]"),  # Cyrillic
}
_OF_A_SCRIPT = 0.1
"""The share of letters that tells a language: a Japanese manual is full of Latin names."""
_READ = 4_000
"""Characters of a text that are looked at."""
_WORD = re.compile(r"[^\W\d_]{2,}|[cdjlmnst]'")  # "und", "l'" of "l'index"


def language_of(text: str) -> str:
    """The ISO code of a text's language, by its script or its smallest words; "" if unclear."""
    start = text[:_READ]
    letters = sum(map(str.isalpha, start))
    for code, script in _SCRIPTS.items():
        if len(script.findall(start)) > _OF_A_SCRIPT * letters:
            return code
    words = _WORD.findall(start.lower().replace("\u2019", "'"))
    counts = {
        code: sum(map(stop_words.__contains__, words)) for code, stop_words in STOP_WORDS.items()
    }
    best, second = sorted(counts, key=lambda code: -counts[code])[:2]
    return best if counts[best] > counts[second] else ""


def stem(word: str, language: str) -> str:
    """The stem of a lower-case word; the word itself where the language has no stemmer."""
    name = _STEMMERS.get(language)
    return _stem(word, name) if name else word


def stems(word: str, language: str) -> list[str]:
    """What a word of a question may be in the documents: its stem, the English one, each once.

    Of a question in no clear language, the stems of all.
    """
    languages = (language, ENGLISH) if language else tuple(_STEMMERS)
    return list(dict.fromkeys(stem(word, code) for code in languages))


@lru_cache(maxsize=50_000)
def _stem(word: str, name: str) -> str:
    return str(_stemmer(name).stemWord(word))


@lru_cache
def _stemmer(name: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(name, 0)
