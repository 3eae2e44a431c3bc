// Reads the history and the plan from files, and checks that no product key is disclosed.
#include "probes/pack_already_installed/pack_already_installed.h"
#include "tests/catch.h"
#include "tests/fakes/temporary_file.h"

#include <string>

using namespace cal;
using namespace cal::pack_already_installed;
using cal::fakes::TemporaryFile;
using namespace std::chrono_literals;

namespace {

const std::string key = "ABCDE-12345-FGHIJ-67890-KLMNO";
const std::string bare_key = "ABCDE12345FGHIJ67890KLMNO";
const std::string same_end = "QQQQQ-12345-FGHIJ-67890-KLMNO";

void set_written_at(const std::filesystem::path& file, SystemTime time) {
  std::filesystem::last_write_time(
      file, std::chrono::file_clock::from_sys(std::chrono::floor<std::chrono::seconds>(time)));
}

std::string text_of(const Outcome& outcome) {
  std::string text = std::string(outcome.reason->word) + "|" + outcome.summary + "\n";
  for (const auto& seen : outcome.evidence) text += seen.item + ": " + seen.text + "\n";
  for (const auto& sample : outcome.samples) {
    text += std::string(sample.family->name);
    for (const auto& label : sample.label_values) (text += " ") += label;
    text += "\n";
  }
  return text;
}

std::string run(const std::string& history_text, const std::string& plan_text) {
  const TemporaryFile history(history_text);
  const TemporaryFile plan(plan_text);
  const Settings settings{history.path(), plan.path()};
  return text_of(judge(gather(settings), settings));
}

}  // namespace

TEST_CASE("the planned key is found in the history regardless of how it is written", "[packs]") {
  const auto* const history = GENERATE(
      "product_key,edition,kind,quantity,installed_at\n"
      "abcde-12345-fghij-67890-klmno,Suite,universal,5,2020-01-01T10:00:00Z\n",
      "Installed At;Product Key\r\n2020-01-01T10:00:00Z;\"ABCDE 12345 FGHIJ 67890 KLMNO\"\r\n",
      R"({"ProductKey":"ABCDE12345FGHIJ67890KLMNO","InstalledAt":"\/Date(1577872800000)\/"})");
  const auto* const plan =
      GENERATE("ABCDE-12345-FGHIJ-67890-KLMNO", "abcde12345fghij67890klmno\r\n",
               "\xEF\xBB\xBF ABCDE-12345-FGHIJ-67890-KLMNO \n");
  const auto found = run(history, plan);
  CHECK_THAT(found, Catch::StartsWith("already_installed|planned pack KLMNO was installed on "
                                      "2020-01-01, 6 years ago"));
}

TEST_CASE("a key that is masked or cut off is not a pack that is not installed", "[packs]") {
  const std::string masked = "XXXXX-XXXXX-XXXXX-XXXXX-KLMNO";
  const std::string cut = "ABCDE-12345-FGHIJ-67890";
  CHECK_THAT(
      run("product_key\n" + masked + "\n", key),
      Catch::Contains("history_unreadable|") && Catch::Contains(": line 2: the product key"));
  CHECK_THAT(run("product_key\n" + key + "\n", masked),
             Catch::Contains("planned_key_unreadable|") && Catch::Contains("is masked"));
  CHECK_THAT(run("product_key\n" + key + "\n", cut), Catch::Contains("history_unreadable|"));
  CHECK_THAT(run("product_key\n" + cut + "\n", key),
             Catch::Contains("history_unreadable|") && Catch::Contains("write both in full"));
}

TEST_CASE("only an error in the last line, without a line break, may be a cut", "[packs]") {
  const auto may_be_cut_off = [](const std::string& history) {
    fakes::TemporaryFile file(history);
    const auto read = inventory::read_history(file.path(), std::nullopt);
    REQUIRE_FALSE(read);
    return read.error().may_be_cut_off;
  };
  const auto head = "product_key,installed_at\n" + key + ",2";
  CHECK(may_be_cut_off(head));
  CHECK_FALSE(may_be_cut_off(head + "\n"));
  CHECK_FALSE(may_be_cut_off(head + "\n" + key + ",2020-01-01"));
  CHECK_FALSE(may_be_cut_off("product_key,installed_at\n" + key + ",202\n" + same_end));
}

TEST_CASE("packs that share the last five characters are numbered", "[packs]") {
  const auto found = run("product_key,installed_at\n" + key + ",2020-01-01\n" + key +
                             ",2020-01-02\n" + same_end + ",\n" + same_end + ",\n",
                         "WWWWW-12345-FGHIJ-67890-KLMNO");
  CHECK_THAT(found, Catch::StartsWith("duplicate_in_history|pack KLMNO is listed 2 times"));
  CHECK_THAT(found, Catch::Contains("\npack KLMNO: ") && Catch::Contains("\npack KLMNO-2: ") &&
                        Catch::Contains("cal_pack_planned_installed KLMNO-3\n"));
}

TEST_CASE("no pack is planned if the key file is missing or empty", "[packs]") {
  const std::string history = "product_key\n" + key + "\n";
  for (const auto* empty : {"", " \r\n", "\xFF\xFE"}) {
    CHECK_THAT(run(history, empty), Catch::StartsWith("no_pack_planned|"));
  }
  const TemporaryFile file(history);
  const Settings settings{file.path(), "/nonexistent/next-pack.key"};
  CHECK(judge(gather(settings), settings).reason->word == "no_pack_planned");
  const Settings without{file.path()};
  CHECK(judge(gather(without), without).reason->word == "no_pack_planned");
}

TEST_CASE("the pack counts as installed when its date is later than the key file", "[packs]") {
  const TemporaryFile history("product_key,installed_at\n" + key + ",2026-11-24T10:00:00Z\n");
  const TemporaryFile plan(key);
  const SystemTime installed{std::chrono::sys_days{std::chrono::year(2026) / 11 / 24} + 10h};
  const Settings settings{history.path(), plan.path()};
  set_written_at(plan.path(), installed - 1s);
  CHECK(judge(gather(settings), settings).reason->word == "plan_completed");
  set_written_at(plan.path(), installed);
  CHECK(judge(gather(settings), settings).reason->word == "already_installed");
}

TEST_CASE("no file, however damaged, puts a full key into the outcome", "[packs]") {
  const std::string head = "product_key,edition,kind,quantity,installed_at\n";
  const auto history = GENERATE_COPY(
      values<std::string>({head + key + ",Suite,universal,5,2020-01-01\n",
                           head + "Suite," + key + ",universal,5,2020-01-01\n",
                           head + key + "," + key + "," + key + ",5,2020-01-01\n",
                           head + key + ",Suite,universal," + key + ",2020-01-01\n",
                           head + key + ",Suite,universal,5," + key + "\n", head + key + ",Suite\n",
                           head + "\"" + key + "\n", head + "\"" + key + "\"x,Suite,universal,5,\n",
                           key + "\n", key, head + key + "\xFC,Suite,universal,5,\n",
                           "[{\"product_key\":\"" + key + "\",\"edition\":\"" + bare_key + "\"}]",
                           "[{\"product_key\":\"" + key + "\"", "[{\"" + key + "\":" + key + "}]",
                           "{\"value\":[\"" + key + "\"]}", "\"" + key + "\""}));
  const auto plan = GENERATE_COPY(values<std::string>(
      {key, key + "\n" + key, "key=" + key, key + "\xFC", "[\"" + key + "\"]", bare_key}));
  const auto text = run(history, plan);
  INFO(text);
  CHECK(text.find(key) == std::string::npos);
  CHECK(text.find(bare_key) == std::string::npos);
}

TEST_CASE("the message about a damaged history names the line", "[packs]") {
  CHECK_THAT(run("product_key\n" + key + "\nnone\n", ""),
             Catch::Contains("history_unreadable|") && Catch::Contains(": line 3: no product key"));
  CHECK_THAT(run("product_key,installed_at\n" + key + ",03/04/2026\n", ""),
             Catch::Contains(": line 2: column installed_at: \"03/04/2026\" is not a date; enter"));
  for (const auto& text : {std::string("ABCDE-12345"), std::string("12345-67890"), bare_key}) {
    CHECK_THAT(run("product_key,installed_at\n" + key + "," + text + "\n", ""),
               Catch::Contains("column installed_at: its text is not a date; enter"));
  }
  CHECK_THAT(run("product_key,quantity\n" + key + ",many\n", ""),
             Catch::Contains(": line 2: no whole number under quantity"));
  for (const auto* unknown :
       {"Produktschl\u00fcssel,Datum\n", "Access is denied\n", "key2,date\nx,y\n"}) {
    CHECK_THAT(run(unknown, ""), Catch::Contains("history_unreadable|") &&
                                     Catch::Contains("there is no column product_key"));
  }
  std::string many = "product_key\n";
  for (int i = 0; i <= 10'000; ++i) many += key + "\n";
  CHECK_THAT(run(many, ""), Catch::Contains("more than 10,000 entries"));
}
