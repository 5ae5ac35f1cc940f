pack { id = "bench", title = "Ten conditions to measure with", status = "enacted", source = "measurement",
  faults = { not_a_number = "BENCH-READ", number_as_text = "BENCH-READ", wrong_type = "BENCH-READ", missing = "BENCH-READ",
    dangling_reference = "BENCH-READ", duplicate_key = "BENCH-READ", not_listed = "BENCH-READ", out_of_range = "BENCH-07",
    not_whole_pence = "BENCH-READ", unknown_field = "BENCH-READ", bad_year = "BENCH-READ", bad_code = "BENCH-READ",
    bad_text = "BENCH-READ", not_one = "BENCH-READ", unreadable = "BENCH-READ", empty = "BENCH-READ", truncated = "BENCH-READ",
    no_form = "BENCH-READ" } }
