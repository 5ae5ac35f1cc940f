example { file = "examples/conflict-by-practice-code.json", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "non-compliant",
  finds = { "COI-002" } }
example { file = "examples/register.json", received = "2017-10-03T16:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/register.csv", received = "2017-10-03T16:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/gifts.json", received = "2017-10-03T16:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/gifts.csv", received = "2017-10-03T16:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/decisions.json", received = "2014-11-12T16:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/votes.csv", received = "2014-11-12T16:00:00Z", region = "rotherham", outcome = "compliant" }
