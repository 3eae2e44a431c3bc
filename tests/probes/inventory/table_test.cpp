// Rows from CSV and JSON are read the same.
#include "probes/inventory/table_file.h"
#include "tests/catch.h"
#include "tests/fakes/wiped.h"

#include <string>
#include <vector>

using namespace cal;
using namespace cal::inventory;
using cal::fakes::wiped;
using namespace std::chrono_literals;

namespace {

// "EDITION/COUNT" of each row, or the error.
std::vector<std::string> rows(std::string_view text) {
  const auto table = parse_table(wiped(text));
  if (!table) return {"line " + std::to_string(table.error().line) + ": " + table.error().what};
  std::vector<std::string> all;
  for (const auto& row : table->rows) {
    all.push_back(std::string(row.find({"edition"})) + "/" +
                  std::string(row.find({"license count", "quantity"})));
  }
  return all;
}

using Rows = std::vector<std::string>;

}  // namespace

TEST_CASE("the same rows come from every form of CSV and JSON", "[inventory]") {
  const auto* const text = GENERATE(
      "Edition,License Count\nSuite,5\nPlus,0\n",    // plain
      "Edition,License Count\r\nSuite,5\r\nPlus,0",  // CRLF, no end of line
      "\"Edition\",\"License Count\"\r\n\"Suite\",\"5\"\r\n\"Plus\",\"0\"\r\n",  // Export-Csv
      "#TYPE System.Object\r\nEdition,License Count\r\nSuite,5\r\nPlus,0\r\n",   // PowerShell 5.1
      "EDITION;LICENSE_COUNT\nSuite;5\nPlus;0\n",                                // Excel in Europe
      "license-count\tedition\n5\tSuite\n0\tPlus\n",              // another order, tabs
      "edition,licensecount\n\n Suite , 5\n\nPlus,0\n\n",         // spaces, empty lines
      "edition,quantity,x\nSuite,5,\"a\"\"b\nc,d;\"\nPlus,0,\n",  // special characters in quotes
      R"([{"Edition":"Suite","LicenseCount":5},{"Edition":"Plus","LicenseCount":0}])",
      R"( {"value":[{"edition":"Suite","quantity":"5"},{"edition":"Plus","quantity":0}],"Count":2})",
      R"([{"edition":"\u0053uite","license count":null,"quantity":5,"x":[{"edition":"no"}]},
          {"CimClass":{"edition":"no"},"edition":"Plus","quantity":{"value":0,"x":{"value":7}}}])");
  INFO(text);
  CHECK(rows(text) == Rows{"Suite/5", "Plus/0"});
}

TEST_CASE("a single JSON object is a list of one", "[inventory]") {
  CHECK(rows(R"({"edition":"Suite","quantity":5})") == Rows{"Suite/5"});
  CHECK(rows(R"({"edition":"Suite","quantity":{"value":5},"more":[1,2]})") == Rows{"Suite/5"});
}

TEST_CASE("an export may have no rows", "[inventory]") {
  CHECK(rows("edition,quantity\n").empty());
  CHECK(rows("[]").empty());
  CHECK(rows(R"({"generated_at":"2026-11-24","value":[]})").empty());
}

TEST_CASE("numbers keep their digits as written", "[inventory]") {
  CHECK(rows(R"([{"quantity":4294967295},{"quantity":-1},{"quantity":1.50},{"quantity":true}])") ==
        Rows{"/4294967295", "/-1", "/1.50", "/true"});
}

TEST_CASE("a damaged text is refused with its line, and never quoted", "[inventory]") {
  struct Row {
    std::string text, fault;
  };
  const auto row = GENERATE(values<Row>({
      {"a,b\n1,2\n1\n", "line 3: 1 fields, but the header line has 2"},
      {"a,b\n1,2,3\n", "line 2: 3 fields, but the header line has 2"},
      {"a,b\n1,\"SECRET\n\n", "line 2: a quotation mark is not closed; was the file cut off?"},
      {"a,b\n\"1\"SECRET,2\n", "line 2: text after a closing quotation mark"},
      {"a,b\n\"1\n2\",3\nSECRET\n", "line 4: 1 fields, but the header line has 2"},
      {"[{\"a\":\"SECRET\"",
       "line 1: not valid JSON: Missing a comma or '}' after an object member."},
      {"[{\"a\":\"1\\n2\"},\n{\"a\":SECRET}]", "line 2: not valid JSON: Invalid value."},
      {"[{}] SECRET",
       "line 1: not valid JSON: The document root must not be followed by other values."},
      {"[{},\n\"SECRET\"]", "line 2: the list contains something that is not an object"},
      {" \n ", "line 0: it is empty; an export without entries still has a header line, or []"},
      {std::string(40, '['), "line 1: nested too deeply"},
      {"[{\"a\":\"SECRET\\u12\"}]",
       "line 1: not valid JSON: Incorrect hex digit after \\u escape in string."},
  }));
  INFO(row.text);
  CHECK(rows(row.text) == Rows{row.fault});
}

TEST_CASE("the memory that a file can claim is bounded", "[inventory]") {
  std::string csv = "a\n";
  std::string json = "[{}";
  for (std::size_t i = 0; i < max_rows; ++i) {
    csv += "1\n";
    json += ",{}";
  }
  CHECK(rows(csv).size() == max_rows);
  CHECK(rows(csv + "1\n") == Rows{"line 100002: more than 100,000 rows or 1,000,000 values"});
  CHECK(rows(json + "]") == Rows{"line 1: more than 100,000 rows"});
  CHECK(rows("[{\"a\":[" + std::string(60, '[')) == Rows{"line 1: nested too deeply"});
  std::string wide = "[{\"a\":0";
  for (std::size_t i = 0; i < max_cells; ++i) wide += ",\"a\":0";
  CHECK(rows(wide + "}]") == Rows{"line 1: more than 1,000,000 values"});
  CHECK(rows(std::string(max_cells + 1, ',')) == Rows{"line 1: too many fields in one line"});
}

TEST_CASE("names are compared without case, spaces, hyphens and underscores", "[inventory]") {
  CHECK(same_name("Product Key", "product_key"));
  CHECK(same_name("PRODUCT-KEY ", "productkey"));
  CHECK_FALSE(same_name("product", "productkey"));
  CHECK_FALSE(same_name("productkey", "product"));
}

TEST_CASE("a count is a whole number", "[inventory]") {
  CHECK(parse_count("0") == 0);
  CHECK(parse_count("4294967295") == 4294967295);
  for (const auto* bad : {"", "-1", "1.5", "1,000", "x", "1 ", "99999999999999999999"}) {
    CHECK_FALSE(parse_count(bad));
  }
}
