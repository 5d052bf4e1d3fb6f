"""Commands find an environment in its account, and say what is wrong where they cannot."""

from pathlib import Path

from tests.on_aws.conftest import Cloud


def test_a_command_reads_the_table_of_the_environment_that_it_names(dev: Cloud) -> None:
    done = dev.run("feedback", "--env", "dev")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("No feedback yet")


def test_what_is_kept_of_a_person_is_deleted_there(dev: Cloud) -> None:
    done = dev.run("forget", "T0123:U0456", "--env", "dev")
    assert (done.returncode, done.stderr) == (0, "")
    assert "questions with their answers: 0" in done.stdout


def test_credentials_of_another_account_are_refused(dev: Cloud) -> None:
    done = dev.run("feedback", "--env", "dev", caller="prod")
    assert done.returncode == 1
    assert "dev is in the account 111111111111, and your credentials are of 333333333333" in (
        done.stderr
    )


def test_another_region_is_refused(dev: Cloud) -> None:
    done = dev.run("feedback", "--env", "dev", AWS_REGION="eu-central-1")
    assert done.returncode == 1
    assert "dev is in us-east-1, and your shell's AWS_REGION says eu-central-1" in done.stderr


def test_what_is_not_deployed_yet_is_said(cloud: Cloud) -> None:
    done = cloud.run("feedback", "--env", "prod")
    assert done.returncode == 1
    assert "run ./stackbot deploy prod" in done.stderr


def test_a_login_that_has_ended_is_told_from_other_troubles(cloud: Cloud, tmp_path: Path) -> None:
    profile, session = "[profile sso]\nsso_session = s\n", "[sso-session s]\n"
    profile += "sso_account_id = 111111111111\nsso_role_name = any\n"
    session += "sso_region = us-east-1\nsso_start_url = https://acme.example/start\n"
    (tmp_path / "config").write_text(profile + session)
    shell = {"AWS_PROFILE": "sso", "AWS_CONFIG_FILE": str(tmp_path / "config")}
    done = cloud.run("status", "dev", AWS_ACCESS_KEY_ID="", HOME=str(tmp_path), **shell)
    assert done.returncode == 1
    assert "AWS knows you no more: log in again, such as by aws sso login." in done.stderr


def test_an_unknown_environment_is_said(cloud: Cloud) -> None:
    done = cloud.run("feedback", "--env", "production", caller="dev")
    assert done.returncode == 1
    assert "choose one of local, dev, staging, prod" in done.stderr
