# Thin over scripts/bootstrap.py, which does the same where make is missing.
# Arguments: make demo ARGS="--port 9000", make test ARGS="-k claim"
PYTHON3 ?= python3

.PHONY: setup demo test coverage lint bench mutants
setup demo test coverage lint bench mutants:
	@$(PYTHON3) scripts/bootstrap.py $@ $(ARGS)
