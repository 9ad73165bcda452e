from tests.crash.scenarios import Scenario

SCENARIO = Scenario(
    runbook="apply-data-sources",
    params={
        "cluster": "demo",
        "sources": (
            '[{"name": "lake", "type": "OBS", "user": "agency", "database": "gaussdb"},'
            ' {"name": "hive", "type": "MRS", "user": "hiveuser", "mrs_cluster": "m1"}]'
        ),
    },
    world={"clusters": [{"name": "demo"}], "durations": {"data_source": 30}},
    environment={"DWS_SOURCE_PASSWORD": "Secret-word-1"},
)
