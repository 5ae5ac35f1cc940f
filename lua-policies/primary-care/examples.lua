example { file = "examples/pool.json", received = "2016-01-12T16:05:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/pool.csv", received = "2016-01-12T16:05:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/power-not-used.json", received = "2016-01-12T16:05:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/before-the-amendment.json", received = "2016-01-12T16:05:00Z", region = "rotherham", outcome = "non-compliant", finds = { "PC-001" } }
example { file = "examples/service-of-another.json", received = "2016-01-12T16:05:00Z", region = "rotherham", outcome = "non-compliant", finds = { "PC-002" } }
example { file = "examples/dental-before-its-date.json", received = "2016-01-12T16:05:00Z", region = "rotherham", outcome = "queried", finds = { "PC-003" } }
example { file = "examples/parts-not-shown.json", received = "2016-01-12T16:05:00Z", region = "rotherham", outcome = "non-compliant", finds = { "PC-004" } }
example { file = "examples/gp-voted-on-own-practice.json", received = "2016-01-12T16:05:00Z", region = "rotherham", outcome = "non-compliant", finds = { "COI-002" } }
example { file = "examples/statement-not-public.json", received = "2016-01-12T16:05:00Z", region = "rotherham", outcome = "queried", finds = { "PC-006" } }
