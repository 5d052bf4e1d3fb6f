"""Questions in people's own languages find what the documents say in them, however it is spelt."""

import pytest

from bot.answering.events import Question
from bot.answering.retrieval.index import Index
from bot.answering.retrieval.languages import language_of
from bot.answering.retrieval.query import query_of
from bot.answering.retrieval.words import terms
from tests.answering.conftest import index_of

DOCUMENTS = {
    "urlaub.md": """# Urlaub

## Antrag

Den Urlaubsantrag stellst du im Personalportal. Deine Führungskraft muss ihn genehmigen.

## Resturlaub

Nicht genommene Tage verfallen am 31. März des Folgejahres.
""",
    "spesen.md": """# Reisekosten

## Belege

Alle Quittungen werden innerhalb von vier Wochen nach der Reise hochgeladen.

## Verpflegung

Für Mahlzeiten gelten Pauschalen; Büroessen wird nicht erstattet.
""",
    "conges.md": """# Congés

## Demander des jours

Les demandes de congés payés se font dans le portail. Votre responsable les approuve.

## Télétravail

Deux journées par semaine peuvent être travaillées depuis la maison, sauf pendant l'intégration.
""",
    "gastos.md": """# Gastos de viaje

## Recibos

Los recibos se envían en las cuatro semanas después del viaje.

## Configuración de la tarjeta

La tarjeta de la empresa se activa con la aplicación del banco.
""",
    "keihi.md": """# 経費精算

## 領収書

出張の領収書は四週間以内に経費システムへ登録してください。

## 在宅勤務

在宅勤務は週に二日まで認められています。上司の承認が必要です。
""",
    "deploying.md": """# Deploying

## Errors

ERR_QUEUE_FULL means that the queue takes no more. E1234 is a wrong key, see config/app.yaml.

## Options

Pass --no-verify to skip the checks. `maxRetryCount` says how often a call is tried. Needs 3.11.2.

## People

Retries and counts are shown to everyone at most once a day.
""",
}


@pytest.fixture(scope="module")
def index() -> Index:
    return index_of(DOCUMENTS)


@pytest.mark.parametrize(
    ("question", "section"),
    [
        ("Wie stelle ich einen Antrag auf Urlaub?", "Antrag"),
        ("Wo muss ich Urlaubsanträge stellen?", "Antrag"),
        ("Wann verfällt der Resturlaub?", "Resturlaub"),
        ("Bis wann lade ich eine Quittung hoch?", "Belege"),
        ("Gibt es eine Pauschale für die Mahlzeit?", "Verpflegung"),
        ("Wird Bueroessen oder Buroessen erstattet?", "Verpflegung"),
        ("Comment demander un congé payé ?", "Demander des jours"),
        ("Qui approuve ma demande de conges ?", "Demander des jours"),
        ("Combien de jours de teletravail par semaine ?", "Télétravail"),
        ("¿Cuándo hay que enviar el recibo del viaje?", "Recibos"),
        ("¿Cómo activo la tarjeta?", "Configuración de la tarjeta"),
        ("configuracion tarjetas", "Configuración de la tarjeta"),
        ("領収書はいつまでに登録しますか", "領収書"),
        ("在宅勤務は週何日できますか?", "在宅勤務"),
        ("上司の承認", "在宅勤務"),
        ("What does err_queue_full mean?", "Errors"),
        ("I get E1234", "Errors"),
        ("where is app.yaml", "Errors"),
        ("config/app.yaml", "Errors"),
        ("What is no-verify for?", "Options"),
        ("max_retry_count", "Options"),
        ("which maxRetry is the most?", "Options"),
        ("does it run on 3.11.2?", "Options"),
    ],
)
def test_a_question_finds_its_section(index: Index, question: str, section: str) -> None:
    (hit, *_) = index.search(query_of(Question(question)), 3)
    assert hit.passage.source.headings == (section,)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wie richte ich das VPN ein?", "de"),
        ("How do I set up the VPN?", "en"),
        ("Comment configurer le VPN ?", "fr"),
        ("¿Cómo configuro la VPN?", "es"),
        ("VPNはどうやって設定しますか", "ja"),
        ("Как настроить VPN?", "ru"),
        ("VPN 설정 방법", "ko"),
        ("如何设置 VPN", "zh"),
        ("VPN", ""),
        ("x = a | i & o", ""),
    ],
)
def test_a_language_is_told_by_its_script_or_its_small_words(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("How do I deploy?", ["deploy"]),
        ("OPENAI_BASE_URL", ["openaibaseurl", "openai", "base", "url"]),
        ("getUserName", ["getusernam", "user", "name"]),
        ("HTTPServer2", ["httpserver2", "http", "server", "2"]),
        ("--dry-run", ["dri", "run", "dryrun"]),
        ("infra/stack.py", ["infra", "stack", "py", "infra/stack.pi"]),
        ("Don't panic, O\u2019Brien's", ["panic", "brien"]),
        ("Büro naïve", ["buro", "naiv"]),
        ("l'avion d'Anne", ["avion", "ann"]),
        ("経費の精算", ["経費", "費の", "の精", "精算"]),
        ("ＶＰＮ", ["vpn"]),
        ("the of and", []),
    ],
)
def test_text_becomes_terms(text: str, expected: list[str]) -> None:
    assert terms(text) == expected
