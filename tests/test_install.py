"""What the set-up says when it cannot go on."""

import pytest

from scripts.install import way_out


@pytest.mark.parametrize(
    ("printed", "part"),
    [
        ("Error: Command '… -m ensurepip …' returned non-zero exit status 1.", "python3-venv"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate", "SSL_CERT_FILE"),
        ("invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE"),
        ("npm error code SELF_SIGNED_CERT_IN_CHAIN", "NODE_EXTRA_CA_CERTS"),
        ("ERROR: No matching distribution found for uv==0.13.9", "HTTPS_PROXY"),
        ("error: client error (Connect): tcp connect error", "HTTPS_PROXY"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
    ],
)
def test_a_failed_step_says_what_to_do(printed: str, part: str) -> None:
    assert part in way_out(f"Collecting …\n{printed}\n")


def test_what_is_not_known_is_shown_as_it_is() -> None:
    assert way_out("something else broke") == "something else broke"
