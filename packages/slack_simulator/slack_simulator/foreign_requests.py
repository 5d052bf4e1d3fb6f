"""Headers by which a web page's request to loopback differs from a program's, for tests.

The examples are from the pages that are linked beside them.
"""

NAMES = (
    "evil.example",
    "evil.example:3900",
    "7f000001.c0a80001.rbndr.us:3900",  # https://github.com/taviso/rbndr
    "localtest.me:3900",  # resolves to 127.0.0.1
    "127.0.0.1.nip.io:3900",  # https://nip.io
    "localhost.evil.example",
    "127.0.0.1.evil.example:3900",
    "0.0.0.0:3900",  # reaches loopback: https://www.oligo.security/blog/0-0-0-0-day
    "[::]:3900",
    "192.168.1.10:3900",
    "127.0.0.1:3900@evil.example",
    "localhost:3900 evil.example",
    "",
)
"""Hosts by which a page reaches a server on loopback whose own name is none of them."""

ORIGINS = (
    "http://evil.example",
    "https://evil.example",
    "null",  # a sandboxed frame, a file: https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin
    "http://localhost:8000",  # another server on the same machine
    "http://127.0.0.1:8000",
    "http://127.0.0.1.evil.example:3900",
    "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb",
    "",
)

SAFELISTED = (
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "text/plain;charset=UTF-8",
    "text/plain; x=application/json",
)
"""What needs no preflight: https://fetch.spec.whatwg.org/#cors-safelisted-request-header"""
