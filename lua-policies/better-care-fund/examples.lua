example { file = "examples/plan.json", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/schemes.csv", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/minimum-underpaid.json", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "non-compliant",
  finds = { "BCF-FUND-001" } }
