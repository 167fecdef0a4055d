"""When things happen. `wiring` and `journey` know no Prefect; the flows beside them are thin and do."""
