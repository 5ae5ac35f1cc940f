example { file = "examples/plan.json", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/schemes.csv", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/minimum-underpaid.json", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "non-compliant",
  finds = { "BCF-FUND-001" } }
example { file = "examples/plan-2019-20.json", received = "2019-09-25T09:45:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/plan-2022-23.json", received = "2022-09-23T16:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/plan-2025-26.json", received = "2025-03-28T17:00:00Z", region = "rotherham", outcome = "compliant" }
