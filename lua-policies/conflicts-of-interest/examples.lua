example { file = "examples/conflict-by-practice-code.json", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "non-compliant",
  finds = { "COI-002" } }
