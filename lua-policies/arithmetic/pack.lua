-- What every submission must satisfy: it can be read, its codes exist, and its sums are right.
pack {
  id = "arithmetic", title = "Files, codes and arithmetic", status = "enacted",
  source = "Better Care Fund planning templates; Office for National Statistics and Organisation Data Service codes",
  faults = {
    unreadable = "POOL-FILE-001", no_form = "POOL-FILE-001", too_many_rows = "POOL-FILE-001",
    empty = "POOL-FILE-003", truncated = "POOL-FILE-003",
    unknown_version = "POOL-FILE-002", old_version = "POOL-FILE-007",
    bad_year = "POOL-FILE-006", bad_quarter = "POOL-FILE-006",
    missing = "POOL-FILE-008", missing_column = "POOL-FILE-008", missing_sheet = "POOL-FILE-008",
    unknown_field = "POOL-FILE-009", unknown_column = "POOL-FILE-009", unknown_sheet = "POOL-FILE-009",
    bad_date = "POOL-FILE-010", bad_time = "POOL-FILE-010",
    not_listed = "POOL-FILE-011", wrong_type = "POOL-FILE-012", bad_text = "POOL-FILE-012",
    hidden = "POOL-FILE-013", error_cell = "POOL-FILE-014", not_calculated = "POOL-FILE-014", wrong_total = "POOL-SUM-012",
    bad_code = "POOL-ID-006",
    dangling_reference = "POOL-REF-001", not_one = "POOL-REF-002", ambiguous = "POOL-REF-002", duplicate_key = "POOL-SUM-006",
    not_whole_pence = "POOL-UNIT-002", out_of_range = "POOL-UNIT-003",
    number_as_text = "POOL-UNIT-004", not_a_number = "POOL-UNIT-004",
  },
}
