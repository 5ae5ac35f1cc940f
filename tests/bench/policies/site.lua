site { packs = { "bench" } }
