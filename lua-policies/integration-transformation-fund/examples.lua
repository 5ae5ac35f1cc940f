example { file = "examples/plan.json", received = "2014-03-28T16:05:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/plan.csv", received = "2014-03-28T16:05:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/every-target-is-met.json", received = "2014-03-31T22:59:59Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/national.json", received = "2014-04-10T16:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/national.csv", received = "2014-04-10T16:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/plan.json", received = "2014-03-31T23:00:00Z", region = "rotherham", outcome = "queried", finds = { "ITF-001" } }
example { file = "examples/a-million-is-on-no-scheme.json", received = "2014-03-28T16:05:00Z", region = "rotherham", outcome = "non-compliant", finds = { "ITF-002" } }
example { file = "examples/measure-not-addressed.json", received = "2014-03-28T16:05:00Z", region = "rotherham", outcome = "non-compliant", finds = { "ITF-003" } }
example { file = "examples/priorities-short-of-the-transfer.json", received = "2014-03-28T16:05:00Z", region = "rotherham", outcome = "non-compliant", finds = { "ITF-004" } }
example { file = "examples/performance-share-is-not-shown.json", received = "2014-03-28T16:05:00Z", region = "rotherham", outcome = "non-compliant", finds = { "ITF-005" } }
example { file = "examples/not-commissioned-jointly.json", received = "2014-03-28T16:05:00Z", region = "rotherham", outcome = "queried", finds = { "ITF-006", "ITF-009", "ITF-011" } }
example { file = "examples/national-share-differs.json", received = "2014-04-10T16:00:00Z", region = "rotherham", outcome = "non-compliant", finds = { "ITF-007" } }
example { file = "examples/national-transfer-short.json", received = "2014-04-10T16:00:00Z", region = "rotherham", outcome = "non-compliant", finds = { "ITF-012" } }
