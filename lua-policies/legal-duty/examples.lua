example { file = "examples/whole-budget.json", received = "2015-02-26T16:05:00Z", region = "barnsley", outcome = "compliant" }
example { file = "examples/whole-budget.csv", received = "2015-02-26T16:05:00Z", region = "barnsley", outcome = "compliant" }
example { file = "examples/names-no-structure.json", received = "2015-02-26T16:05:00Z", region = "barnsley", outcome = "compliant" }
example { file = "examples/national.json", received = "2015-03-20T16:00:00Z", region = "barnsley", outcome = "compliant" }
example { file = "examples/a-million-left-out.json", received = "2015-02-26T16:05:00Z", region = "barnsley", outcome = "non-compliant", finds = { "DUTY-001" } }
example { file = "examples/acute-care-outside-the-pool.json", received = "2015-02-26T16:05:00Z", region = "barnsley", outcome = "non-compliant", finds = { "DUTY-002" } }
example { file = "examples/support-for-no-pioneer.json", received = "2015-02-26T16:05:00Z", region = "barnsley", outcome = "non-compliant", finds = { "DUTY-005" } }
example { file = "examples/cost-in-dispute.json", received = "2015-02-26T16:05:00Z", region = "barnsley", outcome = "non-compliant", finds = { "DUTY-008" } }
example { file = "examples/one-pound-claimed-twice.json", received = "2015-02-26T16:05:00Z", region = "barnsley", outcome = "non-compliant", finds = { "DUTY-008" } }
example { file = "examples/use-and-results-not-said.json", received = "2015-02-26T16:05:00Z", region = "barnsley", outcome = "queried", finds = { "DUTY-003", "DUTY-007", "DUTY-009", "DUTY-011" } }
example { file = "examples/national-fifteenth-site.json", received = "2015-03-20T16:00:00Z", region = "barnsley", outcome = "non-compliant", finds = { "DUTY-005" } }
example { file = "examples/national-site-left-out.json", received = "2015-03-20T16:00:00Z", region = "barnsley", outcome = "non-compliant", finds = { "DUTY-005" } }
example { file = "examples/national-a-pound-too-much.json", received = "2015-03-20T16:00:00Z", region = "barnsley", outcome = "non-compliant", finds = { "DUTY-005" } }
