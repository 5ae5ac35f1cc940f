example { file = "examples/pool-2013-14.json", received = "2013-03-11T16:05:00Z", region = "barnsley", outcome = "compliant" }
example { file = "examples/pool-2014-15.json", received = "2014-03-10T16:05:00Z", region = "barnsley", outcome = "compliant" }
example { file = "examples/pool-2014-15.csv", received = "2014-03-10T16:05:00Z", region = "barnsley", outcome = "compliant" }
example { file = "examples/ccg-2014-15.json", received = "2014-03-10T16:05:00Z", region = "barnsley", outcome = "compliant" }
example { file = "examples/ccg-2014-15.csv", received = "2014-03-10T16:05:00Z", region = "barnsley", outcome = "compliant" }
example { file = "examples/nothing-of-its-own-is-pooled.json", received = "2014-03-10T16:05:00Z", region = "barnsley", outcome = "non-compliant", finds = { "CSB-001" } }
example { file = "examples/no-council-in-the-pool.json", received = "2014-03-10T16:05:00Z", region = "barnsley", outcome = "non-compliant", finds = { "CSB-002" } }
example { file = "examples/plan-is-to-be-confirmed.json", received = "2014-03-10T16:05:00Z", region = "barnsley", outcome = "non-compliant", finds = { "CSB-003" } }
example { file = "examples/whom-it-serves-is-not-said.json", received = "2014-03-10T16:05:00Z", region = "barnsley", outcome = "queried", finds = { "CSB-004" } }
example { file = "examples/transfer-counted-as-required.json", received = "2014-03-10T16:05:00Z", region = "barnsley", outcome = "non-compliant", finds = { "CSB-005" } }
example { file = "examples/ccg-code-of-nobody.json", received = "2014-03-10T16:05:00Z", region = "barnsley", outcome = "non-compliant", finds = { "CSB-010" } }
