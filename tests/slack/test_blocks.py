"""What people and Slack write, read as it is meant."""

from bot.slack.ui import blocks


def test_what_slack_would_read_as_a_ping_shows_as_written() -> None:
    assert blocks.harmless("<!channel> & <@U1>") == "&lt;!channel> &amp; &lt;@U1>"


def test_what_a_person_typed_is_read_without_slacks_escapes() -> None:
    assert blocks.as_written("<@UBOT> is 1 &lt; 2 &amp; so?", "UBOT") == "is 1 < 2 & so?"


def test_what_slack_marks_up_is_read_as_people_see_it() -> None:
    text = "<@UBOT|bot> ask <@U2> in <#C1|help> or <!here>, see <https://a.example/x|this>"
    assert blocks.as_written(text, "UBOT") == (
        "ask @someone in #help or @here, see https://a.example/x"
    )
