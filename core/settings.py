"""What differs between machines: where things lie, which servers to use, which secrets. All have a safe default.

Campaign choices (audience, money, words) are not settings; they live in campaign files.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Read from the environment (`GREENROOM_` + name) and from a `.env` file; see `.env.example`."""

    model_config = SettingsConfigDict(
        env_prefix="GREENROOM_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(Path("var"), description="Folder for the record, the pool, runs, mails and contracts.")
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL address (postgresql+psycopg://…); empty means SQLite in the home folder."
    )
    dry_run: bool = Field(True, description="True writes mails to files; false sends them.")
    people_file: Path = Field(Path("people.toml"), description="Who decides, with roles and calendars.")
    campaigns: Path = Field(
        Path("campaigns"), description="Folder of campaign files, for whoever names a campaign by its slug."
    )
    templates: Path = Field(PROJECT / "templates", description="Mail and contract templates with their manifest.")
    office: str = Field("soffice", description="LibreOffice's command, for PDFs of contracts; `none` for no PDFs.")
    actor: str = Field("", description="Your id in the people file: who the terminal acts as.")
    terminal_may_sign_off: bool = Field(
        False, description="True lets legal sign off from the terminal, where identity is only asserted."
    )
    pepper: SecretStr | None = Field(
        None, description="Secret of the keyed hashes in the suppression list; empty creates one in the home folder."
    )
    vault_keys: SecretStr | None = Field(
        None,
        description="Keys that seal payment data and addresses, the newest first, with commas between; empty creates "
        "one in the home folder.",
    )
    smtp_host: str = Field("", description="Mail server; needed when dry run is off.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection is protected; none only for a server on this machine."
    )
    smtp_user: str = Field("", description="Login at the mail server; empty means none.")
    smtp_password: SecretStr | None = Field(None, description="Password or app password of that login.")
    smtp_timeout_seconds: float = Field(30, gt=0, le=300, description="How long to wait for the mail server.")
    smtp_auth: Literal["password", "google", "microsoft"] = Field(
        "password", description="How the login proves itself: a password, or OAuth of Google or Microsoft."
    )
    oauth_client_id: str = Field("", description="OAuth client of the mailbox login.")
    oauth_client_secret: SecretStr | None = Field(None, description="Secret of that client.")
    oauth_refresh_token: SecretStr | None = Field(None, description="Refresh token that the mailbox's owner granted.")
    oauth_tenant: str = Field("common", description="Microsoft only: the tenant of the mailbox.")
    oauth_token_url: str = Field("", description="Where tokens are fetched; empty means Google's or Microsoft's own.")
    mail_provider: Literal["smtp", "resend"] = Field(
        "smtp", description="How mail leaves: a mail server, or the HTTP provider Resend."
    )
    provider_api_key: SecretStr | None = Field(None, description="Key of the mail provider.")
    provider_url: str = Field("https://api.resend.com", description="Where the provider is; tests name another.")
    webhook_secret: SecretStr | None = Field(
        None, description="Secret with which the mail provider signs its notices of bounces and complaints."
    )
    dkim_domain: str = Field("", description="Domain that mails are signed for (DKIM); empty: your server signs.")
    dkim_selector: str = Field("", description="Selector of the DKIM key in the DNS.")
    dkim_key_file: Path | None = Field(None, description="File with the private DKIM key (PEM).")
    dns: str = Field(
        "", description="Name server that greenroom doctor asks (or a file of records); empty: this machine's own."
    )
    mailbox_mails_per_minute: int = Field(12, ge=1, le=600, description="Pace of one sender's mails.")
    provider_mails_per_minute: int = Field(120, ge=1, le=60_000, description="Pace of all mails together.")
    warm_up: int = Field(
        0,
        ge=0,
        le=50,
        description="New mailboxes: mails on the first day, and so many more each day; 0: they are warm.",
    )
    public_url: str = Field(
        "",
        description="https address under which the web door can be reached from outside, for links to unsubscribe and "
        "to sign.",
    )
    signature_provider: Literal["own", "manual", "webhook"] = Field(
        "own", description="Who takes signatures: our own page, replies by mail, or a provider that is called."
    )
    signing_link_days: int = Field(
        14, ge=1, le=90, description="For so many days a link to sign opens the contract, and shows what was signed."
    )
    signing_reminder_days: int = Field(
        3, ge=0, le=30, description="Days after which an unsigned contract is recalled, twice at most; 0: never."
    )
    signature_url: str = Field("", description="https address of the signature provider that documents are posted to.")
    signature_secret: SecretStr | None = Field(
        None, description="Secret that both sides sign their messages about signatures with; 32 letters or more."
    )
    imap_host: str = Field("", description="Mailbox server whose answers are read; empty means the inbox folder only.")
    imap_port: int = Field(993, ge=1, le=65535, description="Port of that server.")
    imap_security: Literal["tls", "starttls", "none"] = Field(
        "tls", description="How that connection is protected; none only for a server on this machine."
    )
    imap_user: str = Field("", description="Login at the mailbox server.")
    imap_password: SecretStr | None = Field(None, description="Password of it; with OAuth the token is used.")
    imap_folders: str = Field("INBOX", description="Folders that are read, with commas between; add the one for spam.")
    imap_sent_folder: str = Field("", description="Folder of sent mail, to settle what nobody could tell; empty: none.")
    slack_bot_token: SecretStr | None = Field(
        None, description="Bot token of the Slack app (xoxb-…); empty means no Slack."
    )
    slack_app_token: SecretStr | None = Field(
        None, description="App token of the Slack app (xapp-…), for Socket Mode: no public address is needed."
    )
    slack_signing_secret: SecretStr | None = Field(
        None, description="Signing secret of the Slack app, where Slack calls a public address of ours instead."
    )
    slack_channel: str = Field("", description="Id of the Slack channel for campaigns that name none of their own.")
    slack_api_url: str = Field("https://slack.com/api/", description="Where Slack's Web API is; tests name another.")
    youtube_api_key: SecretStr | None = Field(
        None,
        description="Key of a Google Cloud project with the YouTube Data API v3; empty: it is not asked.",
    )
    youtube_searches_per_day: int = Field(100, ge=1, description="Searches a day that Google gives the project.")
    youtube_units_per_day: int = Field(10_000, ge=1, description="Other units a day that Google gives the project.")
    instagram_token: SecretStr | None = Field(
        None, description="User token of your own professional Instagram account; empty: it is not asked."
    )
    instagram_user_id: str = Field("", description="Id of that account, a number that starts with 178414.")
    instagram_calls_per_hour: int = Field(
        100, ge=1, le=200, description="Accounts looked up in an hour of the clock; Meta allows 200 in any hour."
    )
    tiktok_client_key: str = Field("", description="Client key of your TikTok app, for creators who connect to it.")
    tiktok_client_secret: SecretStr | None = Field(None, description="Client secret of that app.")
    tiktok_refresh_tokens: SecretStr | None = Field(
        None, description="Refresh tokens of the creators who connected, with commas between."
    )
    modash_token: SecretStr | None = Field(None, description="Token of the paid Modash API; empty: it is not asked.")
    modash_credits: int = Field(0, ge=0, description="Credits a month that may be spent at Modash; 0: none.")
    pool_store: str = Field(
        "",
        description="Where workers find the pool: a path that all machines see, or a store (s3://bucket/pool, "
        "gs://...); empty: the pool folder itself.",
    )
    workers: str = Field(
        "", description="Dask scheduler that ranks (tcp://host:8786) when none is named; empty: this machine ranks."
    )
    pool_cache: Path | None = Field(
        None, description="Folder of a worker for its copies from a store; empty: .cache/greenroom/pool at home."
    )
    pool_cache_gib: int = Field(200, ge=1, description="GiB of such copies that stay when nobody uses them.")
    web_host: str = Field("127.0.0.1", description="Address the web door listens on; only this machine by default.")
    web_port: int = Field(8700, ge=1, le=65535, description="Port of the web door.")
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of the proxies in front of the web door, with commas between: what they say "
        "of a caller's address is believed; empty: nobody's word is.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, value: str) -> str:
        for one in filter(None, map(str.strip, value.split(","))):
            if not ip_network(one).prefixlen:
                raise ValueError(f"{one} is everybody: any caller could say to be anybody")
        return value

    @property
    def pool_folder(self) -> Path:
        return self.home / "pool"

    @property
    def runs_folder(self) -> Path:
        return self.home / "runs"

    @property
    def models_folder(self) -> Path:
        return self.home / "models"

    @property
    def fetched_folder(self) -> Path:
        """Answers of platforms on their way into the pool."""
        return self.home / "fetched"

    @property
    def outbox_folder(self) -> Path:
        return self.home / "outbox"

    @property
    def inbox_folder(self) -> Path:
        return self.home / "inbox"

    @property
    def contracts_folder(self) -> Path:
        return self.home / "contracts"

    @property
    def slack_arrivals(self) -> Path:
        """What came from Slack and is not yet handled; every process of this home that hears Slack puts it here."""
        return self.home / "slack" / "arrivals"

    @property
    def slack_failed(self) -> Path:
        """What came from Slack and could not be handled, for a person to look at."""
        return self.home / "slack" / "failed"

    @property
    def record_file(self) -> Path:
        """Where the record lies when it is SQLite."""
        return self.home / "greenroom.db"

    @property
    def uses_sqlite(self) -> bool:
        return self.database_address == f"sqlite:///{self.record_file}"

    @property
    def database_address(self) -> str:
        """The SQLAlchemy address of the record."""
        if self.database_url is not None and self.database_url.get_secret_value():
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.record_file}"
