"""The server that `make test` starts for itself."""

import psycopg
import pytest

from scripts import tools
from scripts.postgres import temporary_server


@pytest.mark.slow
def test_temporary_server_answers_with_its_password_only_and_is_gone_afterwards():
    with temporary_server(tools.postgresql_programs()) as url:
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT current_user, current_setting('fsync')").fetchone()
            folder = connection.execute("SHOW data_directory").fetchone()[0]
        assert row == ("choukao", "off")
        assert "127.0.0.1" in url
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url.replace("choukao:", "choukao:wrong"))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert not tools.Path(folder).exists()


@pytest.mark.slow
def test_temporary_server_for_measurements_keeps_writes_durable():
    with temporary_server(tools.postgresql_programs(), durable=True) as url, psycopg.connect(url) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
