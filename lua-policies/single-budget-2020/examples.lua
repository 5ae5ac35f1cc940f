example { file = "examples/area-2016-17.json", received = "2016-04-21T10:00:00Z", region = "southend", outcome = "compliant" }
example { file = "examples/area-2017-18.json", received = "2018-01-16T16:05:00Z", region = "southend", outcome = "compliant" }
example { file = "examples/area-2017-18.csv", received = "2018-01-16T16:05:00Z", region = "southend", outcome = "compliant" }
example { file = "examples/area-2020-21.json", received = "2020-03-30T16:00:00Z", region = "southend", outcome = "compliant" }
example { file = "examples/national.json", received = "2017-06-20T16:00:00Z", region = "southend", outcome = "compliant" }
example { file = "examples/two-pools-in-2020-21.json", received = "2020-03-30T16:00:00Z", region = "southend", outcome = "non-compliant", finds = { "SB-001" } }
example { file = "examples/a-pound-outside-in-2020-21.json", received = "2020-03-30T16:00:00Z", region = "southend", outcome = "non-compliant", finds = { "SB-001" } }
example { file = "examples/trajectory-short-of-2020.json", received = "2016-04-21T10:00:00Z", region = "southend", outcome = "queried", finds = { "SB-001" } }
example { file = "examples/council-has-not-agreed.json", received = "2018-01-16T16:05:00Z", region = "southend", outcome = "non-compliant", finds = { "SB-002" } }
example { file = "examples/two-in-charge.json", received = "2018-01-16T16:05:00Z", region = "southend", outcome = "non-compliant", finds = { "SB-003" } }
example { file = "examples/schemes-without-outcomes.json", received = "2018-01-16T16:05:00Z", region = "southend", outcome = "queried", finds = { "SB-004", "SB-005", "SB-011" } }
example { file = "examples/council-plans-a-deficit.json", received = "2018-01-16T16:05:00Z", region = "southend", outcome = "non-compliant", finds = { "SB-005" } }
example { file = "examples/national-two-departments.json", received = "2017-06-20T16:00:00Z", region = "southend", outcome = "queried", finds = { "SB-007" } }
