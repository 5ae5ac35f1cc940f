example { file = "examples/plan.json", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/schemes.csv", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/minimum-underpaid.json", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "non-compliant",
  finds = { "BCF-FUND-001" } }
example { file = "examples/plan-2019-20.json", received = "2019-09-25T09:45:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/plan-2022-23.json", received = "2022-09-23T16:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/plan-2025-26.json", received = "2025-03-28T17:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/quarterly.json", received = "2015-08-28T10:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/quarters.csv", received = "2015-08-27T16:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/year-end.json", received = "2016-05-26T16:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/outturn.csv", received = "2016-05-26T16:00:00Z", region = "rotherham", outcome = "compliant" }
-- The same as workbooks, filled in and saved by LibreOffice (tests/fixtures/workbooks/make.py).
example { file = "examples/plan.xlsx", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/plan.ods", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/minimum-underpaid.xlsx", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "non-compliant",
  finds = { "BCF-FUND-001" } }
example { file = "examples/quarterly.xlsx", received = "2015-08-28T10:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/year-end.xlsx", received = "2016-05-26T16:00:00Z", region = "rotherham", outcome = "compliant" }
example { file = "examples/schemes.xlsx", received = "2014-11-28T16:05:00Z", region = "rotherham", outcome = "compliant" }
