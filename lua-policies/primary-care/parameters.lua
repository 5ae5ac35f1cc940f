-- PC-008: neither date may lie before the consultation closed, in site.lua neither.
local closed = date "2015-03-08"

parameter { name = "core_gp_applies", title = "From when NHS England may pool money for core GP services", kind = "date", least = closed, rule = "PC-008",
  values = { { value = date "2015-12-31", source = "Amending regulations followed in 2015: their day is not known here, so the year's last; from memory, unverified" } } }

parameter { name = "extension_applies", title = "From when dental, ophthalmic and pharmaceutical money may be pooled", kind = "date", least = closed, rule = "PC-008",
  off = "The consultation asked about it, and nothing switched it on" }
