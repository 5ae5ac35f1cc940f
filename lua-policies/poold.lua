---@meta poold
-- The calls that policies use, annotated for editors (lua-language-server).  Never loaded.

---@alias severity "error"|"query"|"warning"|"info"
---@alias how "up"|"down"|"nearest"|"even"

---@class money An exact amount: pence in 64 bits.  `== gbp "1"` compares; a number never equals money.
---@operator add(money): money
---@operator sub(money): money
---@operator unm: money
local money = {}
---@param n integer
---@return money
function money:times(n) end
---@param r rate
---@param rounding how
---@return money
function money:of(r, rounding) end
---A part of it: n parts of `of`; part of nought is nought.
---@param n integer|money
---@param of integer|money
---@return money
function money:part(n, of) end
---Parts by weight that add up to the penny: largest remainder, the first wins ties.
---@param weights integer[]|money[]|list
---@return money[]
function money:apportion(weights) end
---@return boolean
function money:is_zero() end
---@param other money
---@return boolean
function money:equals(other) end

---@class rate An exact decimal: 3.75%.
---@class decimal An exact decimal that is no rate.
---@class ratio An exact fraction; compares with rates.
local ratio_value = {}
---@return rate the nearest one, in hundredths of a percent
function ratio_value:nearest() end
---@class date
local date_value = {}
---@param other date
---@return integer days from this date to the other
function date_value:days_to(other) end
---@param days integer
---@return date
function date_value:plus(days) end
---@class time An instant.
local time_value = {}
---@return date the day in London
function time_value:date() end
---@class year A financial year.
local year_value = {}
---@return year
function year_value:previous() end
---@return date
function year_value:starts() end
---@return date
function year_value:ends() end
---@class quarter A quarter of a financial year.
local quarter_value = {}
---@return date
function quarter_value:starts() end
---@return date
function quarter_value:ends() end

---@param text string|integer such as "1,490.00"
---@return money
function gbp(text) end
---@type money
zero = nil
---@param text string such as "3.75%"
---@return rate
function rate(text) end
---@param text string|integer
---@return decimal
function decimal(text) end
---@param text string such as "2014-11-28"
---@return date
function date(text) end
---@param text string such as "2016-05-27 12:00 London"
---@return time
function time(text) end
---@param text string such as "2015-16"
---@return year
function year(text) end
---@param text string such as "2015-16Q1"
---@return quarter
function quarter(text) end
---A rate of a whole number, as a whole number.
---@param n integer
---@param r rate
---@param rounding how
---@return integer
function whole(n, r, rounding) end
---@return ratio
function ratio(a, b) end
---@generic T
---@param ... T
---@return T
function largest(...) end
---@generic T
---@param ... T
---@return T
function smallest(...) end
---@generic T
---@param x T
---@param low T
---@param high T
---@return T
function clamp(x, low, high) end

---@class place Where a value stands.

---@class record A record of the budget or a row of a register.  A field that the file leaves out stops the
---check as absent; a field that the form does not have is a fault.
---@field [string] any
local record = {}
---The value, or nil where the file leaves it out.
---@param field string
---@return any
function record:optional(field) end
---@param field string
---@return place
function record:place(field) end

---@class list Records or values in the order of the file.
---@field [integer] any
local list = {}
---@return fun(): integer, any
function list:each() end
---@param wanted table<string, any>|fun(row: record): boolean
---@return list
function list:where(wanted) end
---@param field? string
---@return any the sum; nothing adds up to the typed nought
function list:sum(field) end
---@param field string
---@return list
function list:map(field) end
---@param field string
---@return list the items of all rows' lists
function list:flat(field) end
---@param field string
---@return list groups of rows, in the order of their first
function list:group(field) end
---@param field string
---@return list
function list:unique(field) end
---@param field string
---@return table<any, record>
function list:index(field) end
---@param key table<string, any>
---@return record none or two are a finding
function list:one(key) end
---@param key table<string, any>
---@return record|nil
function list:one_or_none(key) end
---@param field string
---@return record|nil
function list:latest(field) end
---@param value any
---@return boolean
function list:has(value) end
---@param on date
---@return list the rows that are open on a date
function list:open_on(on) end
---@param field string
---@return record|nil the first row that falls
function list:rising(field) end
---@param field string
---@return place the places of all rows' fields, or of the list when it is empty
function list:place(field) end

---@class register
local register_value = {}
---@return record
function register_value:row(key) end
---@return record|nil
function register_value:row_or_none(key) end
---@return list
function register_value:rows(key) end
---@return list
function register_value:rows_or_none(key) end

---@class given
---@field received time when the file arrived: the only clock
---@field parameters table<string, any>
---@field registers table<string, register>
---@field deadlines any
---@field previous any the last accepted return of this area of an earlier period
---@field returns any
---@field form string the form of this return
---@field open_errors integer how many errors are open; for conditions that run last
---@field undetermined boolean whether something that decides could not be judged, and the fault is ours; for conditions that run last
---@field own_area string|nil the one area that site.lua lets this region send for

---@class finding_arguments What every finding takes; any other argument may stand in `says` as {name}.
---@field at place|record
---@field given? any
---@field expected? any
---@field severity? severity one of the header's
---@field says? string a sentence with {given}, {expected}, {difference} and other arguments
---@field related? any[] places or records
---@field [string] any

---@param f finding_arguments
function finding(f) end
---@param c finding_arguments with least
---@return boolean whether it is so
function at_least(c) end
---@param c finding_arguments with most
---@return boolean
function at_most(c) end
---@param c finding_arguments with exactly, and within: how far it may be off
---@return boolean
function equal(c) end
---@param c finding_arguments with of: a list of values
---@return boolean
function one_of(c) end
---@param c finding_arguments
---@return boolean
function filled(c) end
---Whether a text that people wrote says anything: not nil, blanks, "TBC", "n/a", "-" and their like.
---@param text string|nil
---@return boolean
function says_something(text) end
---The one of the words that was probably meant by a misspelt one, or nil.
---@param word string
---@param words string[]
---@return string|nil
function nearest(word, words) end
---@param c finding_arguments with by: a time or date
---@return boolean
function on_time(c) end
---In place of a value: nothing is compared.
function skip() end
---@param d {name: string, of?: any, of_name?: string, period?: any, value: any, working?: string, from?: place|place[], held?: boolean, complete?: boolean}
function determination(d) end

---@class stops
stop = {}
---@param at place
---@param why? string
function stop.absent(at, why) end
---@param at place
---@param due date|time
function stop.not_due(at, due) end
---@param why string
function stop.no_reference(why) end
---@param why string
function stop.no_history(why) end
---@param why string
function stop.not_applicable(why) end

---@class condition_header
---@field id string
---@field title string
---@field severity severity|severity[]
---@field source string
---@field remedy string
---@field forms? string[]
---@field years? {from?: string, to?: string} the year that the return is for
---@field received? {from?: string, to?: string} when it arrived
---@field dated? {from?: string, to?: string, by: string} when an event in it happened
---@field parameters? string[]
---@field needs? table
---@field after? string[] one fault, one finding
---@field mode? "enforced"|"shadow"
---@field reader? boolean
---@field last? boolean it runs behind all others
---@field each? string|fun(budget: record, given: given): any
---@field check? fun(subject: record, budget: record, given: given)

---@param c condition_header
function condition(c) end
function pack(p) end
function form(f) end
function parameter(p) end
function register(r) end
function example(e) end
function site(s) end
function waive(w) end
