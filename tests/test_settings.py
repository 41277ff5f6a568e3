"""settings.toml: what may stand there, and that its secret stays there."""

import logging
from pathlib import Path

import pytest

from kpi import vi
from kpi.settings import Oidc, Settings, SettingsError, beside, load

EXAMPLE = Path(__file__).parent.parent / "data" / "settings.example.toml"
SECRET = "rat-bi-mat-9"  # noqa: S105
PROVIDER = f"""
[oidc]
issuer = "https://sso.example.vn/realms/tinh/"
client_id = "kpi"
client_secret = "{SECRET}"
"""


@pytest.fixture
def write(tmp_path):
    def written(text):
        path = tmp_path / "settings.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(0o600)
        return path

    return written


def faults(path) -> list[tuple[str, str]]:
    with pytest.raises(SettingsError) as caught:
        load(path)
    said = vi.refusal(caught.value)
    assert SECRET not in said + str(caught.value) + repr(caught.value.faults)
    assert caught.value.__cause__ is None
    return [(fault.key, fault.reason) for fault in caught.value.faults]


def test_without_a_file_nothing_is_set(tmp_path):
    assert load(tmp_path / "settings.toml") == Settings()


@pytest.mark.parametrize("text", ["", "\ufeff# trống", "[site]", '[site]\nurl = ""\nhosts = []'])
def test_an_empty_file_sets_nothing(write, text):
    assert load(write(text)) == Settings()


def test_what_is_written_is_what_is_read(write):
    settings = load(
        write('[site]\nurl = "http://10.0.0.5:8501/"\nhosts = ["10.0.0.5", "*.example.vn"]\n' + PROVIDER)
    )
    assert (settings.url, settings.hosts) == ("http://10.0.0.5:8501", ("10.0.0.5", "*.example.vn"))
    assert settings.oidc == Oidc("https://sso.example.vn/realms/tinh", "kpi", SECRET)


def test_the_secret_is_not_in_what_is_printed(write):
    assert SECRET not in repr(load(write(PROVIDER))) + str(load(write(PROVIDER)))


def test_the_file_lies_beside_the_store_unless_another_is_named(monkeypatch):
    monkeypatch.delenv("KPI_SETTINGS", raising=False)
    assert beside(Path("live/kpi.duckdb")) == Path("live/settings.toml")
    monkeypatch.setenv("KPI_SETTINGS", "/etc/kpi.toml")
    assert beside(Path("live/kpi.duckdb")) == Path("/etc/kpi.toml")


def test_everything_wrong_is_said_at_once(write):
    text = f"""
    ulr = "x"
    [site]
    url = 5
    hosts = ["http://x", "*", 5]
    [oidc]
    issuer = "http://sso.example.vn"
    client_secrett = "{SECRET}"
    name = ["x"]
    """
    assert faults(write(text)) == [
        ("ulr", "unknown_key"),
        ("site.url", "not_text"),
        ("site.hosts", "not_host"),
        ("site.hosts", "not_host"),
        ("site.hosts", "not_host"),
        ("oidc.client_secrett", "unknown_key"),
        ("oidc.issuer", "not_https"),
        ("oidc.client_id", "missing"),
        ("oidc.client_secret", "missing"),
        ("oidc.name", "not_text"),
    ]


def test_a_slip_in_a_key_is_answered_with_the_key_that_was_meant(write):
    with pytest.raises(SettingsError) as caught:
        load(write('[site]\nulr = "https://x.vn"'))
    assert vi.fault(caught.value.faults[0]).endswith("khóa site.ulr: không có khóa này; có phải “url”?.")


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("site = 5", "site", "not_table"),
        (f'oidc = "{SECRET}"', "oidc", "not_table"),
        (f'[[oidc]]\nclient_secret = "{SECRET}"', "oidc", "not_table"),
        ('[site]\nhosts = "x.vn"', "site.hosts", "not_list"),
        ('[site]\nurl = "x.vn"', "site.url", "not_web_address"),
        ('[site]\nurl = "ftp://x.vn"', "site.url", "not_web_address"),
        (f'[site]\nurl = "https://an:{SECRET}@x.vn"', "site.url", "not_web_address"),
        ('[site]\nurl = "https://x.vn:port"', "site.url", "not_web_address"),
        ('[site]\nurl = "https://x.vn?a=b"', "site.url", "not_web_address"),
        ('[site]\nurl = "https://x.vn/\\nX"', "site.url", "not_web_address"),
        ('[site]\nurl = "https://x.vn/kpi"', "site.url", "not_at_the_root"),
        (PROVIDER.replace(f'"{SECRET}"', "5"), "oidc.client_secret", "not_text"),
        (PROVIDER.replace(f'"{SECRET}"', '" "'), "oidc.client_secret", "missing"),
        (PROVIDER.replace("https", "http"), "oidc.issuer", "not_https"),
        (PROVIDER.replace("https://sso.example.vn", "http://127.0.0.1.evil.vn"), "oidc.issuer", "not_https"),
        (f'[oidc]\nclient_secret = "{SECRET}', "", "broken_toml"),
        (f'[oidc]\nclient_secret = "{SECRET}\xff"'.encode("latin-1"), "", "not_utf8"),
    ],
)
def test_what_may_not_stand_there_is_refused_and_no_secret_repeated(write, text, key, reason):
    assert faults(write(text)) == [(key, reason)]


@pytest.mark.parametrize("issuer", ["http://127.0.0.1:9400", "http://localhost:9400/x", "https://x.vn"])
def test_a_provider_on_this_machine_needs_no_tls(write, issuer):
    text = PROVIDER.replace("https://sso.example.vn/realms/tinh/", issuer)
    assert load(write(text)).oidc == Oidc(issuer, "kpi", SECRET)


@pytest.mark.skipif("os.name != 'posix'")
def test_a_secret_that_everybody_may_read_is_warned_of(write, caplog):
    path = write(PROVIDER)
    with caplog.at_level(logging.WARNING, "kpi"):
        load(path)
        assert not caplog.records
        path.chmod(0o644)
        assert load(path).oidc is not None
    assert [record.getMessage() for record in caplog.records] == [vi.readable_by_others(path)]
    assert SECRET not in caplog.text


def test_the_example_says_how_to_write_every_key(write):
    text = EXAMPLE.read_text("utf-8")
    assert load(write(text)) == Settings()
    spoken = "\n".join(
        line.removeprefix("# ") if "=" in line or "[" in line[:4] else "" for line in text.splitlines()
    )
    settings = load(write(spoken))
    assert settings.url
    assert settings.hosts
    assert settings.oidc is not None
    assert settings.oidc.name
