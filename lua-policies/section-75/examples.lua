example { file = "examples/agreement-lacks-management-and-ends-early.json", received = "2014-11-28T16:05:00Z", region = "rotherham",
  outcome = "non-compliant", finds = { "S75-002", "S75-008" } }
example { file = "examples/agreement.json", received = "2015-04-02T16:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/pools.csv", received = "2015-04-02T16:00:00Z", region = "rotherham", outcome = "compliant" }
