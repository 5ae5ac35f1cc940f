example { file = "examples/national.json", received = "2015-04-01T16:00:00Z", outcome = "compliant" }
example { file = "examples/localities.csv", received = "2015-04-01T16:00:00Z", outcome = "compliant" }
