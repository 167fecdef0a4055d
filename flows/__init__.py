"""When things happen. `wiring`, `effects` and `steps` know no Prefect; the flows beside them are thin and do."""
