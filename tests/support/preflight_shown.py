"""Rules of fairlead-preflight that need more than a project's files, and which test of tests/cli shows them."""
LIVE = """http-hsts http-nosniff http-frame http-csp http-csp-unsafe http-referrer http-permissions http-xss-protection http-coop
http-corp http-coep http-server-banner http-cookie http-cors http-redirect-https http-mixed http-debug-page http-exposed-file
http-docs-open http-compression http-cache-html http-methods tls-expiry tls-chain tls-version live-dns""".split()
HISTORY = ["repo-env-in-history"]  # preflight/history.txtar
HOST = "host-runtime-version host-deps-drift host-resources host-time host-docker-version".split()
SHOWN_BY = {"django-check": "preflight_django"} | {rule: "preflight" for rule in HISTORY} | {rule: "preflight_live" for rule in LIVE} | {rule: "preflight_host" for rule in HOST}
