"""The same expressions on Spark give what they give on DuckDB, and what the plain engine gives (`make test-spark`)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import ibis
import pytest

from civicloop.scoring.columns import Tables, score
from tests.scoring import flat
from tests.scoring.made_up import RULES, SAMPLE, made_up, standard
from tests.scoring.made_up import score as engine

HAS_JAVA = bool(shutil.which("java") or os.environ.get("JAVA_HOME"))
LACKING = [name for name, there in (("pyspark", find_spec("pyspark")), ("Java", HAS_JAVA)) if not there]
REQUIRED = os.environ.get("CIVICLOOP_SPARK") == "required"
pytestmark = [
    pytest.mark.spark,
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(LACKING) and not REQUIRED, reason=f"{' and '.join(LACKING)} missing: make test-spark brings pyspark"
    ),
]


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from pyspark.sql import SparkSession

    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.ansi.enabled": "false",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
    }
    builder = SparkSession.builder.master("local[2]").appName("civicloop")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield ibis.pyspark.connect(session)
    session.stop()


@pytest.mark.parametrize(
    ("seed", "how", "plain"),
    [(1, {"biggest": 12}, False), (2, {"biggest": 3, "share": 0.5, "rounds": 1}, True)],
    ids=["repeats, vetoes, sample", "single places and empty strata"],
)
def test_spark_says_what_duckdb_and_the_engine_say(spark: Any, seed: int, how: dict[str, Any], plain: bool) -> None:
    book = standard() if plain else standard(RULES, SAMPLE)
    given = made_up(seed, book, **how)
    weights = {row.point_type: row.weight for row in book.sample.rows} if book.sample else None
    rows = flat.tables(given)
    duck = ibis.duckdb.connect()
    by_engine = {
        "spark": {name: _in_spark(spark, f"{name}_{seed}", one) for name, one in rows.items()},
        "duckdb": {name: duck.create_table(name, one) for name, one in rows.items()},
    }
    found = {name: flat.of_columns(score(Tables(**made), book.scoring, weights)) for name, made in by_engine.items()}

    assert flat.differences(found["duckdb"], found["spark"]) == []
    assert flat.differences(flat.of_book(engine(given)), found["spark"]) == []


def _in_spark(spark: Any, name: str, rows: Any) -> Any:
    spark._session.createDataFrame(rows).createOrReplaceTempView(name)
    return spark.table(name)
