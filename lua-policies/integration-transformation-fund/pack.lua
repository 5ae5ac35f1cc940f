-- The fund of 2013 for 2015-16: no accepted plan, no money; a part of it for performance.
pack {
  id = "integration-transformation-fund", title = "Integration Transformation Fund", status = "proposed",
  source = "Statement on the health and social care Integration Transformation Fund, NHS England and the Local Government Association, 2013",
  requires = { "arithmetic" },
}
