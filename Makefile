# Every target is a small script in dev/; `make run` and `make test` set up what is missing.
.PHONY: setup run test lint format shell reset pot coverage
setup run test lint format pot coverage:
	@dev/$@
shell:
	@dev/odoo shell -d $(or $(DB),klikumkm) --no-http
reset:
	@dev/reset
export TAGS DB
