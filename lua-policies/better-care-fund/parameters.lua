parameter { name = "p4p_unit_value", title = "Value of an avoided admission", kind = "money",
  values = { { from = "2015-16", to = "2015-16", value = gbp "1490", source = "Part 2 template re-issued 18 August 2014; from memory, unverified" } } }

parameter { name = "p4p_variant", title = "How a quarter is paid where the agreement does not say", kind = "text",
  values = { { from = "2015-16", to = "2015-16", value = "per_quarter", source = "HFMA, The right chemistry: paid in line with each quarter's achievement" } } }

parameter { name = "p4p_least_target", title = "Fall in emergency admissions that is expected at least", kind = "rate",
  values = { { from = "2015-16", to = "2015-16", value = rate "3.5%", source = "HFMA, The right chemistry; Health Service Journal 5074852" } } }

parameter { name = "p4p_operational_gap", title = "How far the target may be from the CCG's operational plan", kind = "rate",
  values = { { from = "2015-16", to = "2015-16", value = rate "2%", source = "NHS England's letter of March 2015: two percentage points" } } }

parameter { name = "trend_amount", title = "Change of a scheme's spending that is asked about, as an amount", kind = "money",
  values = { { value = gbp "1500000", source = "The ministry's revenue returns ask above £1.5 million and 15%; used as a model" } } }

parameter { name = "trend_share", title = "Change of a scheme's spending that is asked about, as a share", kind = "rate",
  values = { { value = rate "15%", source = "The ministry's revenue returns ask above £1.5 million and 15%; used as a model" } } }

parameter { name = "metric_share", title = "Change of a metric that is asked about", kind = "rate",
  values = { { value = rate "15%", source = "The ministry's revenue returns; used as a model" } } }

parameter { name = "dfg_passed_within", title = "Days from 1 April within which a county passes the disabled facilities grant to its districts", kind = "integer",
  values = { { from = "2016-17", value = 90, source = "2017-19 planning requirements, Annex A: by 30 June 2017; other years from memory, unverified" } } }

parameter { name = "plans_due", title = "Whether plans are sent in at all", kind = "boolean",
  values = {
    { to = "2019-20", value = true, source = "Planning requirements" },
    { from = "2020-21", to = "2020-21", value = false, source = "gov.uk policy statement 2020-21: use is agreed in writing, and reconciled at the end of the year" },
    { from = "2021-22", value = true, source = "Planning requirements" } } }

parameter { name = "quarter_share", title = "How far spending up to a quarter may be from the plan", kind = "rate",
  values = { { value = rate "10%", source = "Our choice; precedent agreements ask for an explanation and differ in the share" } } }

parameter { name = "outturn_scheme_amount", title = "Difference of a scheme's spending from its plan that is asked about, as an amount", kind = "money",
  values = { { value = gbp "50000", source = "Our choice" } } }

parameter { name = "outturn_scheme_share", title = "Difference of a scheme's spending from its plan that is asked about, as a share", kind = "rate",
  values = { { value = rate "10%", source = "Our choice" } } }

parameter { name = "nhs_uplift", title = "Rise of the NHS minimum on the year before", kind = "rate",
  values = {
    { from = "2021-22", to = "2021-22", value = rate "5.3%", source = "Policy framework 2021-22, by way of pharmacy.biz" },
    { from = "2022-23", to = "2023-24", value = rate "5.66%", source = "england.nhs.uk, policy and planning 2022-23 and 2023-25" } } }
