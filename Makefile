# Each target calls scripts/choukao; where make is missing, call that yourself: scripts/choukao demo

.PHONY: fuzz help demo test check dev fmt bench chaos rehearsal setup messages lock
.DEFAULT_GOAL := help

help demo test check dev fmt bench chaos rehearsal setup fuzz:
	@python3 scripts/choukao $@

messages:
	@python3 scripts/choukao messages extract

lock:
	@python3 scripts/choukao lock
